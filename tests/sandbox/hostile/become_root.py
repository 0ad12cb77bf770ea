"""Becomes root again."""
# limit: system call
# says: tried to change its limits or rights
import os
def fitness(x):
    os.setuid(0)
    return 0.0
