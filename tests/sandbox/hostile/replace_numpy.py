"""Replaces what the harness makes its answers with, so that their size is wrong."""
# limit: answers
# says: wrote to the channel of its answers
import numpy as np
class Evil:
    def tobytes(self):
        return b"x" * 1000
def fitness(x):
    np.array = lambda *args, **kwargs: Evil()
    return 0.0
