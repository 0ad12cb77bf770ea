"""Starts a thread that would go on after the answer."""
# limit: system call
# says: tried to
import _thread
def fitness(x):
    def work():
        while True:
            pass
    _thread.start_new_thread(work, ())
    return 0.0
