"""Returns a number that never ends being read."""
# limit: cpu
# says: ran longer than 0.3 s of processor time (line 6)
class Evil(float):
    def __float__(self):
        while True: pass
def fitness(x):
    return Evil(0.0)
