"""Writes machine code and would jump to it."""
# limit: system call
# says: tried to share memory or make it executable
import ctypes
def fitness(x):
    library = ctypes.CDLL(None)
    library.mmap.restype = ctypes.c_void_p
    room = library.mmap(None, 4096, 7, 0x22, -1, 0)
    ctypes.memmove(room, b"\xc3", 1)
    return float(ctypes.CFUNCTYPE(ctypes.c_int)(room)())
