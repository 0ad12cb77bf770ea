"""Makes a second descriptor of the channel."""
# limit: system call
# says: tried to use a file descriptor
import os
def fitness(x):
    return float(os.dup(1))
