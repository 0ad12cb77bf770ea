"""Ends its process."""
# limit: crash
# says: ended itself with exit code 0
import os
def fitness(x):
    os._exit(0)
