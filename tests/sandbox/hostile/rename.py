"""Moves a file away."""
# limit: system call
# says: tried to change files or folders
import os
def fitness(x):
    os.rename("@SECRET@", "@FOLDER@/mine")
    return 0.0
