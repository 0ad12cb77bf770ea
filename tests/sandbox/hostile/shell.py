"""Becomes a shell."""
# limit: system call
# says: tried to start a process or a thread (system call execve
import os
def fitness(x):
    os.execv("/bin/sh", ["sh", "-c", "cat @SECRET@"])
    return 0.0
