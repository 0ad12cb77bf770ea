"""Starts a loop of events."""
# limit: system call
# says: tried to
def fitness(x):
    import asyncio
    asyncio.run(asyncio.sleep(0))
    return 0.0
