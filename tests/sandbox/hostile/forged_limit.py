"""Claims that a limit of strange name was broken."""
# limit: system call
# says: system call of no known name
import os, struct
def fitness(x):
    os.write(1, struct.pack("<4sBxxxiII", b"hpo1", 4, -5, 8, 0) + b"\x1b[2J<b>!")
    return 0.0
