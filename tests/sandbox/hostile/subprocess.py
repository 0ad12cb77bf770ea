"""Runs a command as Python programs do."""
# limit: system call
# says: tried to
def fitness(x):
    import subprocess
    print(subprocess.run(["cat", "@SECRET@"], capture_output=True).stdout)
    return 0.0
