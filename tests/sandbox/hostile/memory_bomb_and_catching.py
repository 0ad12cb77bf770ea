"""Takes memory without end, and catches what should end it."""
# limit: cpu or memory
# says: it 
def fitness(x):
    kept = []
    while True:
        try:
            while True:
                kept.append(bytearray(10**6))
        except BaseException:
            pass
