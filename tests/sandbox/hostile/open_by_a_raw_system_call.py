"""Asks the kernel itself."""
# limit: system call
# says: system call openat2
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(437, -100, b"@SECRET@", 0, 0))
