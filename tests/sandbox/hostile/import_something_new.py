"""Imports a module that is not loaded yet."""
# limit: system call
# says: tried to
def fitness(x):
    import sqlite3
    return 0.0
