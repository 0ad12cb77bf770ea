"""Makes itself deaf to the end of its time."""
# limit: system call
# says: tried to change how signals are handled
import signal
def fitness(x):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass
