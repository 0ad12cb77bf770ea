"""Makes memory executable that was not."""
# limit: system call
# says: tried to share memory or make it executable (system call mprotect
import ctypes
def fitness(x):
    library = ctypes.CDLL(None)
    library.mmap.restype = ctypes.c_void_p
    room = library.mmap(None, 4096, 3, 0x22, -1, 0)
    return float(library.mprotect(ctypes.c_void_p(room), 4096, 7))
