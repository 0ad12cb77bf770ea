"""Returns far more values than were asked for."""
# limit: none
# says: one number a row, shape (2,); this one gave shape (1000000,)
# vectorised
import numpy as np
def fitness(points):
    return np.zeros(10**6)
