"""Programs that mean harm: none reads, writes, connects or outlives its limit, and each hears why.

Each file of ``hostile/`` is a fitness. Its comments say which limit it hits ("none": it achieves
nothing, and raises) and what the error says. Words between @ are replaced by real targets.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from hpolab.errors import FitnessError, LimitBroken
from hpolab.sandbox import Limits, OwnFunction, SandboxedFitness
from hpolab.testing.processes import descendants, wait_until_gone

if TYPE_CHECKING:
    from hpolab.sandbox._process import Answer

pytestmark = pytest.mark.usefixtures("sandbox")
PROGRAMS = sorted((Path(__file__).parent / "hostile").glob("*.py"))
LEFT_BEHIND = (Path("/tmp/hpolab-was-here"), Path("/dev/shm/hpolab-was-here"))


class Targets(NamedTuple):
    """What hostile programs are after, and would change if they could."""

    secret: str
    file: Path
    folder: Path
    door: socket.socket

    def placed_in(self, source: str) -> str:
        words = {
            "SECRET": self.file,
            "FOLDER": self.folder,
            "PORT": self.door.getsockname()[1],
            "PID": os.getpid(),
            "NESTED": "(" * 150 + "-" * 30_000 + "1" + ")" * 150,
        }
        return re.sub("@([A-Z]+)@", lambda match: str(words[match[1]]), source)

    def check_untouched(self) -> None:
        assert self.file.read_text() == self.secret
        assert self.file.stat().st_mode & 0o777 == 0o644
        assert list(self.folder.iterdir()) == []
        assert not any(path.exists() for path in LEFT_BEHIND)
        with pytest.raises(BlockingIOError):  # nobody has knocked
            self.door.accept()


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Targets]:
    place = tmp_path_factory.mktemp("targets")
    place.chmod(0o755)
    folder = place / "folder"
    folder.mkdir()
    folder.chmod(0o777)
    file = place / "secret"
    secret = secrets.token_hex(16)
    file.write_text(secret)
    file.chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as door, pytest.MonkeyPatch.context() as patch:
        door.setblocking(False)
        patch.setenv("HPOLAB_CANARY", secret)
        yield Targets(secret, file, folder, door)


def test_the_corpus_is_large() -> None:
    assert len(PROGRAMS) >= 60


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_hostile_program_gets_nowhere_and_is_told_why(path: Path, targets: Targets) -> None:
    text = path.read_text(encoding="utf-8")
    facts = dict(re.findall(r"^# (\w+)(?:: (.*))?$", text, re.MULTILINE))
    if facts.get("only") not in (None, platform.machine()):
        pytest.skip(f"numbers of system calls are those of {facts['only']}")
    function = OwnFunction(
        source=targets.placed_in(text),
        vectorised="vectorised" in facts,
        limits=Limits(
            memory_mb=192,
            cpu_seconds=0.3,
            output_kb=4,
            seconds=float(facts.get("seconds", 120)),
        ),
    )

    error, printed = attempt(function)

    limit = error.limit if isinstance(error, LimitBroken) else "none"
    assert limit in facts["limit"].split(" or "), error
    assert facts["says"] in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 1500
    assert targets.secret not in str(error) + printed
    assert len(printed) <= 4096
    targets.check_untouched()


def attempt(function: OwnFunction) -> tuple[FitnessError, str]:
    """How three batches end, and what was printed; no process is left, whatever it was up to."""
    seen: list[Watched] = []
    try:
        with Watched(function, seen) as fitness:
            for _ in range(3):
                values = fitness(np.zeros((2, 2)))
    except FitnessError as error:
        return error, seen[0].printed
    finally:
        assert seen[0].pids
        assert wait_until_gone(seen[0].pids, seconds=60) == []
    pytest.fail(f"it was left alone, and gave {values}")


class Watched(SandboxedFitness):
    """Knows its processes' numbers, also when it has failed to start."""

    def __init__(self, function: OwnFunction, seen: list[Watched]) -> None:
        self.pids: list[int] = []
        seen.append(self)
        super().__init__(function, is_checked=False)

    def _asked(self, question: bytes, *, n_values: int) -> Answer:
        if not self.pids and self.pid is not None:
            self.pids = [self.pid, *descendants(self.pid)]
        return super()._asked(question, n_values=n_values)
