"""Asks whether a folder is there."""
# limit: system call
# says: tried to look at files or folders
import os
def fitness(x):
    return float(os.path.exists("@FOLDER@"))
