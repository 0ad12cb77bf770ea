"""Tries whether anything else was left open."""
# limit: system call
# says: tried to use a file descriptor (system call write
import os
def fitness(x):
    for descriptor in range(2, 1000):
        os.write(descriptor, b"was here")
    return 0.0
