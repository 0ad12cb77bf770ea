"""Computes without end."""
# limit: cpu
# says: ran longer than 0.3 s of processor time (line 7)
def fitness(x):
    n = 0
    while True:
        n += 1
