"""Returns a number that opens a file when it is read."""
# limit: system call
# says: tried to open a file
class Evil(float):
    def __float__(self):
        return float(len(open("@SECRET@").read()))
def fitness(x):
    return Evil(0.0)
