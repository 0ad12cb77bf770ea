"""Opens by the operating system's own module."""
# limit: system call
# says: tried to open a file
import posix
def fitness(x):
    print(posix.read(posix.open("@SECRET@", 0), 100))
    return 0.0
