"""Raises an error with a giant text."""
# limit: none
# says: line 5: ValueError: xxx
def fitness(x):
    raise ValueError("x" * 10**7)
