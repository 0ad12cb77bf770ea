"""Walks up to the harness, and has it say what it likes."""
# limit: system call
# says: tried to open a file
import sys
def fitness(x):
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if "_break" in frame.f_globals:
            frame.f_globals["_line_in"] = lambda frame: 10**9 + 1
            frame.f_globals["limits"].bound = None
    print(open("@SECRET@").read())
    return 0.0
