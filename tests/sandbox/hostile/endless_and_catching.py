"""Computes without end, and catches whatever should end it."""
# limit: cpu
# says: ran longer than 0.3 s of processor time
def fitness(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
        finally:
            continue
