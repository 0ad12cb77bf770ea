"""Takes twice what it may before it is asked."""
# limit: memory
# says: used more than 192 MB of memory (line 4)
ROOM = "a" * 4 * 10**8
def fitness(x):
    return 0.0
