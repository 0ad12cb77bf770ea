"""Looks around."""
# limit: system call
# says: tried to
import os
def fitness(x):
    print(os.listdir("/"))
    return 0.0
