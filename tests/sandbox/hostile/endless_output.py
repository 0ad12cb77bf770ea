"""Prints without end."""
# limit: output
# says: printed more than 4 kB (line 6)
def fitness(x):
    while True:
        print("was here " * 10)
