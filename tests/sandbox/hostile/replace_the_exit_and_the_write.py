"""Takes away its end and its last words, and then opens a file again and again."""
# limit: cpu or crash
# says: it
import os
def fitness(x):
    os._exit = lambda code: None
    os.write = lambda descriptor, data: len(data)
    while True:
        try:
            print(open("@SECRET@").read())
        except BaseException:
            pass
