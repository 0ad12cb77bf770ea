"""Writes an array."""
# limit: system call
# says: tried to open a file
import numpy as np
def fitness(x):
    np.save("@FOLDER@/new.npy", x)
    return 0.0
