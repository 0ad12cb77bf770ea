"""Takes memory without end."""
# limit: memory
# says: used more than 192 MB of memory (line 7)
def fitness(x):
    kept = []
    while True:
        kept.append(bytearray(10**6))
