"""Sends something out by the web."""
# limit: system call
# says: tried to
def fitness(x):
    import urllib.request
    urllib.request.urlopen("http://127.0.0.1:@PORT@/?was=here")
    return 0.0
