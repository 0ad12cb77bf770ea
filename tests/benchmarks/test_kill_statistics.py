"""The short form of ``make kill``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("kill_statistics.py")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_few_kills_lose_nothing_and_leave_nobody_behind() -> None:
    command = [sys.executable, str(SCRIPT), "--kills", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)

    heading, *rows, _ = done.stdout.splitlines()[:5]
    columns = heading.replace("tried again", "tried_again").split()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for row, victims in zip(rows, ("coordinators", "workers", "both at once"), strict=True):
        figures = row.removeprefix(victims).split()
        tally = dict(zip(columns[1:], map(int, figures), strict=True))
        assert tally["kills"] >= 3
        assert tally["finished"] == 24 * tally["sweeps"] > 0
        assert (tally["lost"], tally["duplicated"], tally["orphans"]) == (0, 0, 0)
