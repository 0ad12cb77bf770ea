"""Asks for the number of the process that asks."""
# limit: system call
# says: system call getppid
import os
def fitness(x):
    return float(os.getppid())
