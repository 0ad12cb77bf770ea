"""Returns a whole number beyond any float."""
# limit: none
# says: OverflowError
def fitness(x):
    return 10**400
