"""Loads a pickle made by hand whose loading runs a command."""
# limit: system call
# says: tried to
import pickle
def fitness(x):
    pickle.loads(b"cposix\nsystem\n(S'cat @SECRET@'\ntR.")
    return 0.0
