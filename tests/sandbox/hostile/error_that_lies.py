"""Raises an error that is a trap for whoever shows it."""
# limit: none
# says: Evil
class Evil(Exception):
    def __str__(self):
        raise SystemExit(self)
    def __repr__(self):
        raise SystemExit(self)
def fitness(x):
    raise Evil
