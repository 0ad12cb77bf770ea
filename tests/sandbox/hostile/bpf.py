"""Loads a program into the kernel."""
# limit: system call
# says: system call bpf
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(321, 0, (ctypes.c_char * 128)(), 128))
