"""Maps a file into memory."""
# limit: system call
# says: tried to
import numpy as np
def fitness(x):
    print(bytes(np.memmap("@SECRET@", dtype=np.uint8, mode="r")))
    return 0.0
