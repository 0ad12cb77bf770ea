"""Asks for the working directory."""
# limit: system call
# says: tried to look at files or folders
import os
def fitness(x):
    print(os.getcwd())
    return 0.0
