"""Calls itself without end."""
# limit: none
# says: RecursionError
def fitness(x):
    return fitness(x)
