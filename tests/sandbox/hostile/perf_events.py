"""Watches the processor."""
# limit: system call
# says: system call perf_event_open
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(298, (ctypes.c_char * 128)(), 0, -1, -1, 0))
