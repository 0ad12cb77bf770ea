"""Makes a file without a name, to run it next."""
# limit: system call
# says: tried to open a file (system call memfd_create
import os
def fitness(x):
    return float(os.memfd_create("program"))
