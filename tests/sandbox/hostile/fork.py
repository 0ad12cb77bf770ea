"""Starts a process by forking."""
# limit: system call
# says: tried to start a process or a thread
import os
def fitness(x):
    return float(os.fork())
