"""Has the kernel compute without end."""
# limit: cpu
# says: ran longer than 0.3 s of processor time
import os
def fitness(x):
    while True:
        os.urandom(10**6)
