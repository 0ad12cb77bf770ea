"""``python -m hpolab.race.worker``: runs what it is told, one run after the other.

It reads lines of JSON and writes lines of JSON: the config of the race first, then a number of a
run and of an attempt for each line; back come the events of the run. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from hpolab.errors import HpolabError
from hpolab.race.config import RaceConfig
from hpolab.race.events import HeatEnded
from hpolab.race.problem import Sandboxes
from hpolab.race.running import run_heat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hpolab.frozen import Frozen

__all__ = ["main"]

_NICENESS = 5
"""A race leaves the cores to whoever waits for them: panels, and trainings."""


def main() -> None:
    """Work until the other end of the pipe closes."""
    os.nice(_NICENESS)
    lines = iter(sys.stdin.buffer.readline, b"")
    try:
        _work(RaceConfig.parse(next(lines)), lines)
    except (BrokenPipeError, StopIteration):
        # the coordinator is gone; nothing shall be flushed into its pipe any more
        os._exit(0)


def _work(config: RaceConfig, lines: Iterator[bytes]) -> None:
    heats, sandboxes = config.heats(), Sandboxes()
    for line in lines:
        told = json.loads(line)
        number, attempt = told["heat"], told["attempt"]
        try:
            run_heat(config, heats[number], attempt=attempt, tell=_say, sandboxes=sandboxes)
        except HpolabError as error:
            _say(HeatEnded(heat=number, attempt=attempt, state="failed", reason=str(error)))
    sandboxes.close()


def _say(event: Frozen) -> None:
    sys.stdout.write(event.to_json() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
