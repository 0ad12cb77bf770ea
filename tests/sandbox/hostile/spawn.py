"""Spawns a process."""
# limit: system call
# says: tried to
import os
def fitness(x):
    return float(os.posix_spawn("/bin/sh", ["sh", "-c", "cat @SECRET@"], {}))
