"""Takes control of the parent as a debugger does."""
# limit: system call
# says: tried to look into another process (system call ptrace
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).ptrace(16, @PID@, 0, 0))
