"""Has numpy fetch its data from a server."""
# limit: system call
# says: tried to
import numpy as np
def fitness(x):
    np.lib.npyio.DataSource("@FOLDER@").open("http://127.0.0.1:@PORT@/x")
    return 0.0
