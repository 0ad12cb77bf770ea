"""Returns a word."""
# limit: none
# says: could not convert string to float
def fitness(x):
    return "small"
