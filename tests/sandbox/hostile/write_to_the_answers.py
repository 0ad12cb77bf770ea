"""Writes nonsense where the answers leave."""
# limit: answers
# says: wrote to the channel of its answers
import os
def fitness(x):
    os.write(1, b"was here" * 50)
    return 0.0
