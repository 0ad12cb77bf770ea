"""Waits for a lock that nobody releases."""
# limit: time
# says: no answer within 1 s on the clock
# seconds: 1
import _thread
def fitness(x):
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire()
    return 0.0
