"""Writes where everybody may."""
# limit: system call
# says: tried to open a file
def fitness(x):
    open("/tmp/hpolab-was-here", "w").write("was here")
    return 0.0
