"""``python -m hpolab.coordinate FOLDER``: a coordinator in a process of its own.

What ``Sweep.start`` runs; people use ``hpolab sweep``.
"""

from __future__ import annotations

import argparse
import logging
import sys

from hpolab.commands import Command
from hpolab.errors import HpolabError
from hpolab.sweep import Sweep

log = logging.getLogger("hpolab.coordinate")


def main(arguments: list[str] | None = None) -> int:
    """Run the sweep in a folder to its end.

    Returns:
        0 when it finished or was stopped, 1 when it failed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="an existing sweep folder")
    parser.add_argument("--commands-from", type=int, default=0, metavar="BYTES")
    parser.add_argument("wishes", nargs="*", help="commands to obey first, as JSON")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        wishes = tuple(Command.parse(wish) for wish in given.wishes)
        sweep = Sweep.follow(given.folder)
        sweep.run(wishes=wishes, commands_offset=given.commands_from)
    except HpolabError as error:
        log.error("%s", error)
        return 1
    return 1 if sweep.state == "failed" else 0


if __name__ == "__main__":
    sys.exit(main())
