"""Reads a file as a table."""
# limit: system call
# says: tried to
import numpy as np
def fitness(x):
    print(np.genfromtxt("@SECRET@", dtype=str))
    return 0.0
