"""Reads the parent's memory as a file."""
# limit: system call
# says: tried to open a file
def fitness(x):
    with open("/proc/@PID@/mem", "rb") as memory:
        memory.seek(0x400000)
        print(memory.read(100))
    return 0.0
