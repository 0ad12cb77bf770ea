"""Is called for every line that Python runs, and opens a file then."""
# limit: system call
# says: tried to open a file
import sys
def tracer(frame, event, argument):
    sys.settrace(None)
    print(open("@SECRET@").read())
    return tracer
def fitness(x):
    sys.settrace(tracer)
    return 0.0
