"""Reads a file as a table, the other way."""
# limit: system call
# says: tried to
import numpy as np
def fitness(x):
    print(np.loadtxt("@SECRET@", dtype=str))
    return 0.0
