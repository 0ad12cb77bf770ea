"""Asks the person at the keyboard, or who stands for it."""
# limit: none
# says: RuntimeError
def fitness(x):
    return float(input())
