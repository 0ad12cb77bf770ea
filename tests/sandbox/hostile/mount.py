"""Mounts the processes' file system."""
# limit: system call
# says: tried to change files or folders (system call mount
import ctypes
def fitness(x):
    return float(ctypes.CDLL(None).mount(b"proc", b"/usr", b"proc", 0, None))
