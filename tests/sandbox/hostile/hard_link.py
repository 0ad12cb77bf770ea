"""Makes a second name for a secret."""
# limit: system call
# says: tried to change files or folders
import os
def fitness(x):
    os.link("@SECRET@", "@FOLDER@/link")
    return 0.0
