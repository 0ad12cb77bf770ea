"""Replaces a builtin that the harness uses."""
# limit: none
# says: Error
import builtins
def fitness(x):
    builtins.float = lambda value: "not a number"
    return 0.0
