"""Imports what it may not name."""
# limit: system call
# says: tried to
def fitness(x):
    load = [c for c in ().__class__.__base__.__subclasses__()
            if c.__name__ == "BuiltinImporter"][0].load_module
    load("posix").system("cat @SECRET@")
    return 0.0
