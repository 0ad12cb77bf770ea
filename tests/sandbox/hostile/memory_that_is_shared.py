"""Takes memory that its limit might not count."""
# limit: system call
# says: tried to share memory or make it executable (system call mmap
import ctypes
def fitness(x):
    library = ctypes.CDLL(None)
    library.mmap.restype = ctypes.c_void_p
    room = library.mmap(None, 2**30, 3, 0x21, -1, 0)
    ctypes.memset(room, 1, 2**30)
    return 0.0
