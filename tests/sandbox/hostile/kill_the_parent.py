"""Ends the process that asks."""
# limit: system call
# says: tried to send a signal
import os
def fitness(x):
    os.kill(@PID@, 9)
    return 0.0
