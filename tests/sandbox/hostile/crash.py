"""Reads where there is no memory."""
# limit: crash
# says: killed by SIGSEGV
import ctypes
def fitness(x):
    return float(len(ctypes.string_at(8)))
