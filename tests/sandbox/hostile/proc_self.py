"""Looks itself up."""
# limit: system call
# says: tried to open a file
def fitness(x):
    print(open("/proc/self/maps").read())
    return 0.0
