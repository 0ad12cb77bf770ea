"""Returns something that opens a file when it is thrown away."""
# limit: system call
# says: tried to open a file
class Evil(float):
    def __del__(self):
        print(open("@SECRET@").read())
def fitness(x):
    return Evil(0.0)
