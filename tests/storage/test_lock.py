from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hpolab.errors import FolderLocked, StoreError
from hpolab.storage.lock import CoordinatorLock, holder, is_held, refuse_if_held

HOLD_IT = """
import sys
from pathlib import Path
from hpolab.storage.lock import CoordinatorLock
with CoordinatorLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_IT, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_one_coordinator_at_a_time_and_the_refusal_says_who_is_there(tmp_path: Path) -> None:
    path = tmp_path / ".lock"

    with held_by_another_process(path) as process:
        assert is_held(path)
        with pytest.raises(FolderLocked, match=f"process {process.pid} on .*hpolab stop"):
            CoordinatorLock(path).__enter__()
        with pytest.raises(FolderLocked, match=f"process {process.pid}"):
            refuse_if_held(path)


def test_a_lock_dies_with_its_process_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with held_by_another_process(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert path.exists()
    assert not is_held(path)
    with CoordinatorLock(path):
        assert is_held(path)
    assert not is_held(path)


def test_looking_at_a_lock_does_not_take_it(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with CoordinatorLock(path):
        pass

    for _ in range(50):
        assert not is_held(path)
        refuse_if_held(path)


def test_a_holder_is_known_by_its_number_where_it_runs_here(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    assert holder(path) is None
    with CoordinatorLock(path):
        assert holder(path) == os.getpid()
        owner = path.with_suffix(".json")
        owner.write_text('{"pid": 1, "host": "elsewhere"}')
        assert holder(path) is None
        for damaged in ("", "[]", '{"pid": "one"}'):
            owner.write_text(damaged)
            assert holder(path) is None


def test_where_nobody_ever_worked_nobody_holds_the_lock(tmp_path: Path) -> None:
    assert not is_held(tmp_path / ".lock")
    assert not (tmp_path / ".lock").exists()


def test_a_lock_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="allow writing there"):
        CoordinatorLock(tmp_path / "file" / ".lock").__enter__()


def test_a_lock_whose_owner_cannot_be_written_down_is_given_back(tmp_path: Path) -> None:
    (tmp_path / ".lock.json").mkdir()

    lock = CoordinatorLock(tmp_path / ".lock")
    with pytest.raises(StoreError):
        lock.__enter__()

    assert not is_held(tmp_path / ".lock")
