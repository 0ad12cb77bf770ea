"""Loads a filter of its own, to blind the one that is there."""
# limit: system call
# says: tried to change its limits or rights
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).prctl(22, 2, 0, 0, 0))
