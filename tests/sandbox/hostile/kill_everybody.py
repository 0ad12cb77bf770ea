"""Ends all that it can reach."""
# limit: system call
# says: tried to send a signal
import os
def fitness(x):
    os.kill(-1, 9)
    return 0.0
