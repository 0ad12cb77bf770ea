"""Takes eight gigabytes at once."""
# limit: memory
# says: used more than 192 MB of memory (line 6)
import numpy as np
def fitness(x):
    return np.ones(10**9).sum()
