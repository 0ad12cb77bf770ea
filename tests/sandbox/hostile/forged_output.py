"""Announces four gigabytes of print."""
# limit: answers
# says: wrote to the channel of its answers
import os, struct
def fitness(x):
    os.write(1, struct.pack("<4sBxxxiII", b"hpo1", 3, 0, 10, 2**32 - 1))
    return 0.0
