"""Leaves for another root, as prisoners of chroot do."""
# limit: system call
# says: tried to
import os
def fitness(x):
    os.chroot("/usr")
    return 0.0
