"""Begins an answer and never ends it."""
# limit: time
# says: no answer within 1 s on the clock
# seconds: 1
import os, struct
def fitness(x):
    os.write(1, struct.pack("<4sBxxxiII", b"hpo1", 2, 0, 16, 0))
    os.readv(0, [bytearray(1)])
    return 0.0
