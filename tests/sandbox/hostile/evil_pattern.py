"""Matches a pattern that takes exponential time."""
# limit: cpu
# says: ran longer than 0.3 s of processor time
import re
def fitness(x):
    return float(bool(re.match("(a+)+$", "a" * 60 + "b")))
