"""Leaves something in the memory that processes share."""
# limit: system call
# says: tried to open a file
import os
def fitness(x):
    os.open("/dev/shm/hpolab-was-here", os.O_CREAT | os.O_RDWR)
    return 0.0
