"""Asks for the name of the machine."""
# limit: system call
# says: system call uname
import os
def fitness(x):
    print(os.uname())
    return 0.0
