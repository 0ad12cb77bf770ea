"""Finds the system's module among all objects."""
# limit: system call
# says: tried to open a file
import gc
def fitness(x):
    for thing in gc.get_objects():
        if isinstance(thing, dict) and thing.get("__name__") == "posix":
            thing["open"]("@SECRET@", 0)
    return 0.0
