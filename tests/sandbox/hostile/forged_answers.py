"""Writes well-formed answers that nobody has asked for."""
# limit: answers
# says: wrote to the channel of its answers
import os, struct
def fitness(x):
    answer = struct.pack("<4sBxxxiII2d", b"hpo1", 2, 0, 16, 0, 666.0, 666.0)
    os.write(1, answer + answer)
    return 0.0
