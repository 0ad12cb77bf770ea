"""Starts a process by the newest call for it."""
# limit: system call
# says: tried to start a process or a thread (system call clone3
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(435, (ctypes.c_uint64 * 11)(), 88))
