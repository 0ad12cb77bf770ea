"""Stops the timer that ends it."""
# limit: system call
# says: tried to set a timer
import signal
def fitness(x):
    signal.setitimer(signal.ITIMER_PROF, 0)
    while True:
        pass
