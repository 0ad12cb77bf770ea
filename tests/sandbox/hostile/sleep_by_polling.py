"""Waits for nothing."""
# limit: system call
# says: tried to sleep or wait
import ctypes
def fitness(x):
    ctypes.CDLL(None).poll(None, 0, -1)
    return 0.0
