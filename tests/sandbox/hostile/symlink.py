"""Makes a link to a secret where it may write."""
# limit: system call
# says: tried to change files or folders
import os
def fitness(x):
    os.symlink("@SECRET@", "@FOLDER@/link")
    return 0.0
