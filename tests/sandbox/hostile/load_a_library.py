"""Loads machine code from a file."""
# limit: system call
# says: tried to open a file
import ctypes
def fitness(x):
    ctypes.CDLL("@FOLDER@/evil.so")
    return 0.0
