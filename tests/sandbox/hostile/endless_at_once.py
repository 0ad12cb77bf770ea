"""Computes without end, before it is even asked."""
# limit: cpu
# says: ran longer than 0.3 s of processor time (line 4)
while True: pass
def fitness(x):
    return 0.0
