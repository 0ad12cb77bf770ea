"""Reaches the builtins through a function of numpy's."""
# limit: system call
# says: tried to open a file
import numpy as np
def fitness(x):
    builtins = np.broadcast_to.__wrapped__.__globals__["__builtins__"] if hasattr(
        np.broadcast_to, "__wrapped__") else np.linalg.linalg.__dict__["__builtins__"]
    reach = builtins if isinstance(builtins, dict) else vars(builtins)
    print(reach["open"]("@SECRET@").read())
    return 0.0
