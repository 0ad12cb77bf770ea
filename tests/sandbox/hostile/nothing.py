"""Returns nothing."""
# limit: none
# says: not 'NoneType'
def fitness(x):
    return None
