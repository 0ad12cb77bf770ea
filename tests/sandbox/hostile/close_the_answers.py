"""Closes the channel of the answers."""
# limit: system call
# says: tried to use a file descriptor (system call close
import os
def fitness(x):
    os.close(1)
    return 0.0
