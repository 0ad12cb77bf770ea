"""Reads a file whose path it knows."""
# limit: system call
# says: tried to open a file
def fitness(x):
    return float(len(open("@SECRET@").read()))
