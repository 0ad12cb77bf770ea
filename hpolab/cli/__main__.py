"""``python -m hpolab.cli``: the same as ``hpolab``, where the command is not on the path."""

from hpolab.cli import main

main()
