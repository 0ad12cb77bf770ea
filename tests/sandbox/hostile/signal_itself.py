"""Sends itself a signal."""
# limit: system call
# says: tried to
import signal
def fitness(x):
    signal.raise_signal(signal.SIGSTOP)
    return 0.0
