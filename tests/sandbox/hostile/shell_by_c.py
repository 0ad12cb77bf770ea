"""Runs a command by the C library."""
# limit: system call
# says: tried to
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).system(b"cat @SECRET@"))
