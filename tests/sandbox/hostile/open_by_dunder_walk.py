"""Finds the file type without an import, among the subclasses of object."""
# limit: system call
# says: tried to open a file
def fitness(x):
    kinds = {}
    todo = [().__class__.__base__]
    while todo:
        kind = todo.pop()
        kinds[kind.__name__] = kind
        todo += type.__subclasses__(kind)
    print(kinds["FileIO"]("@SECRET@").read())
    return 0.0
