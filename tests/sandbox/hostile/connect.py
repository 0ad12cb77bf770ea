"""Connects to a port of this machine."""
# limit: system call
# says: tried to use the network
import ctypes
def fitness(x):
    library = ctypes.CDLL(None)
    mine = library.socket(2, 1, 0)
    address = (2).to_bytes(2, "little") + (@PORT@).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    library.connect(mine, address, 16)
    library.send(mine, b"was here", 8, 0)
    return 0.0
