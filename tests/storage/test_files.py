from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from hpolab.errors import FolderLocked, StoreError
from hpolab.storage.files import read_whole_lines, storing, write_json, write_text


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"

    write_text(path, "old")
    write_text(path, "new, längere Zeile\n")

    assert path.read_text(encoding="utf-8") == "new, längere Zeile\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result.json"
    write_json(path, {"trial": 1})

    def no_space(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match="No space left on device") as caught:
        write_json(path, {"trial": 2})

    assert str(path) in str(caught.value)
    assert "Free some space" in str(caught.value)
    assert json.loads(path.read_text()) == {"trial": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot write .*missing/a\.txt"):
        write_text(tmp_path / "missing" / "a.txt", "text")


def test_numbers_that_json_does_not_know_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", float("nan"))

    assert list(tmp_path.iterdir()) == []


def test_our_own_errors_pass_unchanged() -> None:
    error = FolderLocked("someone is there")

    with pytest.raises(FolderLocked) as caught, storing(Path("x")):
        raise error

    assert caught.value is error


def test_only_whole_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\nthr")

    assert read_whole_lines(path, 0) == b"one\ntwo\n"
    assert read_whole_lines(path, 4) == b"two\n"
    assert read_whole_lines(path, 8) == b""
    assert read_whole_lines(tmp_path / "not yet", 0) == b""


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"cannot read {tmp_path}"):
        read_whole_lines(tmp_path, 0)


def test_json_is_read_back_equal_and_has_a_line_for_each_record(tmp_path: Path) -> None:
    data = {
        "state": "completed",
        "history": [{"epoch": 1}, {"epoch": 2}],
        "none": [],
        "params": {},
    }
    write_json(tmp_path / "x.json", data)
    text = (tmp_path / "x.json").read_text()
    assert json.loads(text) == data
    assert text.splitlines()[2:5] == [' "history": [', '  {"epoch": 1},', '  {"epoch": 2}']


@pytest.mark.parametrize("data", [{}, [1, {"a": 2}], {"a": [1, {"b": None}]}, "text", 1.5])
def test_any_json_is_read_back_equal(tmp_path: Path, data: object) -> None:
    write_json(tmp_path / "x.json", data)
    assert json.loads((tmp_path / "x.json").read_text()) == data
