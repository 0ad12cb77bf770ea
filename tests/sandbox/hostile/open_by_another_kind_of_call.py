"""Asks the kernel by the numbers of another ABI, which a filter may forget."""
# limit: system call
# says: tried to use the system
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(0x40000002, b"@SECRET@", 0, 0))
