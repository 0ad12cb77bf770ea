"""Sleeps instead of computing, which costs no processor time."""
# limit: system call
# says: tried to sleep or wait
import time
def fitness(x):
    time.sleep(1000)
    return 0.0
