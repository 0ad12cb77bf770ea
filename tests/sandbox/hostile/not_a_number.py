"""Returns NaN, which no search can rank."""
# limit: none
# says: gave NaN
def fitness(x):
    return float("nan")
