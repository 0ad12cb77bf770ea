"""Leaves something in the memory that processes share, the old way."""
# limit: system call
# says: tried to share memory
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).shmget(0x1234, 4096, 0o1666))
