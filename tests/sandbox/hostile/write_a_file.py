"""Writes where it may not."""
# limit: system call
# says: tried to open a file
def fitness(x):
    open("@FOLDER@/new", "w").write("was here")
    return 0.0
