"""Loads an array that may run code."""
# limit: system call
# says: tried to open a file
import numpy as np
def fitness(x):
    np.load("@SECRET@", allow_pickle=True)
    return 0.0
