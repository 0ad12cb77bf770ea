"""Sets all registers by returning from a signal that never came."""
# limit: crash
# says: killed by SIGSEGV
# only: x86_64
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).syscall(15))
