"""Writes there by the stream that was Python's at the start."""
# limit: answers
# says: wrote to the channel of its answers
import sys
def fitness(x):
    sys.__stdout__.write("was here" * 50)
    sys.__stdout__.flush()
    return 0.0
