"""Looks for them in the memory of the C library."""
# limit: none
# says: nothing there
import ctypes
def fitness(x):
    library = ctypes.CDLL(None)
    library.getenv.restype = ctypes.c_char_p
    found = library.getenv(b"HPOLAB_CANARY")
    print(found)
    raise RuntimeError("nothing there" if found is None else found)
