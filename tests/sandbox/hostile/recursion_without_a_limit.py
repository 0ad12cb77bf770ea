"""Calls itself without end, and lifts the limit first."""
# limit: cpu or memory or crash
# says: it
import sys
sys.setrecursionlimit(10**9)
def fitness(x):
    return fitness(x)
