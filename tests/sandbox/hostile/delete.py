"""Deletes a file."""
# limit: system call
# says: tried to change files or folders
import os
def fitness(x):
    os.remove("@SECRET@")
    return 0.0
