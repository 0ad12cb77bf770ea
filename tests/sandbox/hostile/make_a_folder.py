"""Makes a folder."""
# limit: system call
# says: tried to change files or folders
import os
def fitness(x):
    os.mkdir("@FOLDER@/new")
    return 0.0
