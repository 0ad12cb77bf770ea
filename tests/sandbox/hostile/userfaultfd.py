"""Takes over the handling of missing pages, the tool of many kernel exploits."""
# limit: system call
# says: system call userfaultfd
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(323, 0))
