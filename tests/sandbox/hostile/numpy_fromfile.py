"""Reads a file as numbers."""
# limit: system call
# says: tried to open a file
import numpy as np
def fitness(x):
    print(np.fromfile("@SECRET@", dtype=np.uint8))
    return 0.0
