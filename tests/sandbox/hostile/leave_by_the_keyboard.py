"""Pretends that somebody has pressed Ctrl-C."""
# limit: none
# says: KeyboardInterrupt
def fitness(x):
    raise KeyboardInterrupt
