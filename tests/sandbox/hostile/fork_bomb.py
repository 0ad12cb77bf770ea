"""Starts processes without end, and does not take no for an answer."""
# limit: system call
# says: tried to start a process or a thread
import os
def fitness(x):
    while True:
        try:
            os.fork()
        except BaseException:
            pass
