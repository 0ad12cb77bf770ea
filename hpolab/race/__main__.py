"""``python -m hpolab.race FOLDER``: a race in a process of its own.

What ``Race.start`` runs; people use ``hpolab race``.
"""

from __future__ import annotations

import argparse
import logging
import sys

from hpolab.errors import HpolabError
from hpolab.race.race import Race

log = logging.getLogger("hpolab.race")


def main(arguments: list[str] | None = None) -> int:
    """Run the race in a folder to its end.

    Returns:
        0 when it finished or was stopped, 1 when it failed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="an existing race folder")
    parser.add_argument("--commands-from", type=int, default=0, metavar="BYTES")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        race = Race.follow(given.folder)
        race.run(commands_offset=given.commands_from)
    except HpolabError as error:
        log.error("%s", error)
        return 1
    return 1 if race.state == "failed" else 0


if __name__ == "__main__":
    sys.exit(main())
