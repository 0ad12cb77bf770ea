"""Connects as everybody does."""
# limit: system call
# says: tried to
def fitness(x):
    import socket
    socket.create_connection(("127.0.0.1", @PORT@)).send(b"was here")
    return 0.0
