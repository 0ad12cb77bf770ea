"""Announces an answer of four gigabytes."""
# limit: answers
# says: wrote to the channel of its answers
import os, struct
def fitness(x):
    os.write(1, struct.pack("<4sBxxxiII", b"hpo1", 2, 0, 2**32 - 1, 0))
    return 0.0
