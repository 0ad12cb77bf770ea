"""Lets the import machinery read the file."""
# limit: system call
# says: tried to
import sys
def fitness(x):
    print(sys.modules["numpy"].__spec__.loader.get_data("@SECRET@"))
    return 0.0
