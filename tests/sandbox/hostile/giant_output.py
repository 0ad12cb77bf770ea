"""Prints a hundred megabytes at once."""
# limit: output
# says: printed more than 4 kB
import sys
def fitness(x):
    sys.stderr.write("x" * 10**7)
    return 0.0
