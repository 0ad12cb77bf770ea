"""Waits for a lock that nobody releases."""
# limit: system call
# says: tried to sleep or wait
import _thread
def fitness(x):
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire()
    return 0.0
