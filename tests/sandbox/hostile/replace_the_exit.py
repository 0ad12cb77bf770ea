"""Takes away what ends it, and then opens a file again and again."""
# limit: system call
# says: tried to open a file
import os
def fitness(x):
    os._exit = lambda code: None
    while True:
        try:
            print(open("@SECRET@").read())
        except BaseException:
            pass
