"""Computes without end where Python cannot look."""
# limit: cpu
# says: ran longer than 0.3 s of processor time
def fitness(x):
    return float(sum(iter(int, 1)))
