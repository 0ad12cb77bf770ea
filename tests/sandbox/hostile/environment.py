"""Looks for secrets among the environment's variables."""
# limit: none
# says: KeyError
import os
def fitness(x):
    print(dict(os.environ))
    return float(os.environ["HPOLAB_CANARY"])
