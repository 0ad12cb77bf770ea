"""Replaces what the harness answers with, so that it never gets an answer out."""
# limit: cpu
# says: ran longer than 0.3 s of processor time
import os
def fitness(x):
    os.write = lambda descriptor, data: 0
    return 0.0
