from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.errors import JournalDamaged, StoreError
from hpolab.events import FORMAT, BestChanged, Noted, SweepStarted
from hpolab.storage.journal import Journal, Tail, read_journal

START = SweepStarted(sweep="s", config={}, fingerprint="f", versions={})


def written(path: Path, *messages: str) -> bytes:
    with Journal(path) as journal:
        for message in messages:
            journal.append(Noted(message=message))
    return path.read_bytes()


def messages(path: Path) -> list[str]:
    return [entry.event.message for entry in read_journal(path) if isinstance(entry.event, Noted)]


def test_what_is_appended_is_read_back_in_order_with_its_time(tmp_path: Path) -> None:
    times = (datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=n) for n in range(9))
    path = tmp_path / "journal.jsonl"
    with Journal(path, clock=lambda: next(times)) as journal:
        written_entries = [
            journal.append(event, durable=True)
            for event in (START, Noted(message="ä\nö\r\u2028"), BestChanged(trial=1, score=0.1))
        ]

    entries = list(read_journal(path))

    assert entries == written_entries
    assert [entry.seq for entry in entries] == [0, 1, 2]
    assert [entry.utc.second for entry in entries] == [0, 1, 2]


def test_numbering_goes_on_when_the_journal_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    written(path, "a", "b")

    with Journal(path) as journal:
        assert len(journal.entries) == 2
        assert journal.append(Noted(message="c")).seq == 2


@given(cut=st.integers(min_value=0, max_value=400))
def test_wherever_a_crash_tears_the_file_whole_lines_survive_and_it_can_be_gone_on_with(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "journal.jsonl"
    content = written(path, "first", "second", "third")
    torn = content[: min(cut, len(content))]
    path.write_bytes(torn)
    whole = torn.count(b"\n")

    assert len(list(read_journal(path))) == whole
    with Journal(path) as journal:
        assert journal.append(Noted(message="next")).seq == whole

    assert messages(path) == [*["first", "second", "third"][:whole], "next"]


@pytest.mark.parametrize("damage", [b"not json", b'{"seq":1}', b"", b"\xff\xfe", b"\0\0\0"])
def test_a_damaged_line_in_the_middle_names_the_file_and_the_line(
    tmp_path: Path, damage: bytes
) -> None:
    path = tmp_path / "journal.jsonl"
    lines = written(path, "a", "b", "c").splitlines()
    lines[1] = damage
    path.write_bytes(b"\n".join(lines) + b"\n")

    with pytest.raises(JournalDamaged, match=r"journal\.jsonl, line 2: not an event"):
        list(read_journal(path))
    with pytest.raises(JournalDamaged, match="line 2"):
        Journal(path)


def test_damage_is_told_again_at_every_look(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    tail = Tail(path)
    written(path, "a")
    assert len(tail.new()) == 1
    good = written(path, "b")
    path.write_bytes(good.replace(b'"b"', b"b"))

    for _ in range(2):
        with pytest.raises(JournalDamaged, match="line 2"):
            tail.new()

    path.write_bytes(good)
    assert [entry.seq for entry in tail.new()] == [1]


def test_a_journal_of_a_newer_format_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(START)
    line = json.loads(path.read_text())
    line["event"] |= {"format": FORMAT + 1, "moon_phase": "full"}
    path.write_text(json.dumps(line) + "\n")

    with pytest.raises(StoreError, match="install the newer hpolab") as caught:
        list(read_journal(path))

    assert not isinstance(caught.value, JournalDamaged)


def test_a_tail_gives_each_entry_once_and_waits_for_the_end_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    tail = Tail(path)
    assert tail.new() == []
    content = written(path, "a", "b")
    path.write_bytes(content[:-5])
    assert [entry.seq for entry in tail.new()] == [0]
    path.write_bytes(content)
    assert [entry.seq for entry in tail.new()] == [1]
    assert tail.new() == []


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes: what a full disk looks like to a writer."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on the size of files")
def test_a_full_disk_leaves_nothing_torn_and_writing_can_go_on_later(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(Noted(message="before"))
        size = path.stat().st_size
        with (
            file_size_limit(size + 20),
            pytest.raises(StoreError, match="it continues where it stopped"),
        ):
            journal.append(Noted(message="too much"))
        assert path.stat().st_size == size
        assert journal.append(Noted(message="after")).seq == 1

    assert messages(path) == ["before", "after"]


def test_a_journal_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match=r"cannot write .*journal\.jsonl"):
        Journal(tmp_path / "file" / "journal.jsonl")


def test_a_durable_entry_is_on_disk_when_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)

    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.append(Noted(message="cheap"))
        assert synced == []
        journal.append(Noted(message="dear"), durable=True)
        assert len(synced) == 1
