"""What runs on the other side of the wall: a process that loads numpy, locks itself, then obeys.

Nothing of hpolab is imported here. Inside the sandbox this folder is all there is of it, and its
modules know each other by relative names.
"""
