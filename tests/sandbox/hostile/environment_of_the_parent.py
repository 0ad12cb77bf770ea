"""Looks for them in the parent's."""
# limit: system call
# says: tried to open a file
def fitness(x):
    print(open("/proc/@PID@/environ").read())
    return 0.0
