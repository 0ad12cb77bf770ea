"""Has the kernel's workers open files, whom no filter sees."""
# limit: system call
# says: system call io_uring_setup
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(425, 8, (ctypes.c_char * 120)()))
