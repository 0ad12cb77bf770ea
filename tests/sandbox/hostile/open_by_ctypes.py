"""Opens by the C library, which numpy has loaded a key to."""
# limit: system call
# says: tried to open a file
import ctypes
def fitness(x):
    library = ctypes.CDLL(None)
    descriptor = library.open(b"@SECRET@", 0)
    room = ctypes.create_string_buffer(100)
    library.read(descriptor, room, 100)
    print(room.raw)
    return 0.0
