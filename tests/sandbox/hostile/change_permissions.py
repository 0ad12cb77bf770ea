"""Opens a file to everybody."""
# limit: system call
# says: tried to change files or folders
import os
def fitness(x):
    os.chmod("@SECRET@", 0o777)
    return 0.0
