"""Writes the bytes of an array over a file."""
# limit: system call
# says: tried to open a file
def fitness(x):
    x.tofile("@SECRET@")
    return 0.0
