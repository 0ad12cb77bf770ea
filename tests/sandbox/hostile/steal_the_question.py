"""Waits for a question of its own on the channel of questions."""
# limit: time
# says: no answer within 1 s on the clock
# seconds: 1
import os
def fitness(x):
    os.readv(0, [bytearray(1)])
    return 0.0
