"""Computes a number with a billion digits."""
# limit: cpu or memory
# says: it 
def fitness(x):
    return float((10**10**9) % 7)
