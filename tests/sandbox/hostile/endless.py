"""Computes without end."""
# limit: cpu
# says: ran longer than 0.3 s of processor time (line 5)
def fitness(x):
    while True: pass
