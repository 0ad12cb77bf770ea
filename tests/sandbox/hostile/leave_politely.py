"""Leaves by an exception, with something to do at the end."""
# limit: none
# says: SystemExit
import atexit
atexit.register(lambda: open("@FOLDER@/new", "w"))
def fitness(x):
    raise SystemExit
