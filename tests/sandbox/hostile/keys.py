"""Looks into the kernel's store of keys."""
# limit: system call
# says: system call keyctl
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(250, 0, -3, 1))
