"""Raises an error whose text moves the cursor of whoever prints it."""
# limit: none
# says: ValueError
def fitness(x):
    raise ValueError("\x1b[2J\x1b]0;was here\x07\r\n\u202e")
