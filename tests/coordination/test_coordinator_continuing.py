from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hpolab.commands import Command
from hpolab.config import SweepConfig
from hpolab.errors import DataError, FolderLocked, HpolabError
from hpolab.events import (
    EpochEnded,
    Event,
    TrialEnded,
    TrialStarted,
)
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import read_journal
from hpolab.storage.lock import CoordinatorLock
from hpolab.testing.scripted import ScriptedExecutor, once, trained

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]


OPTIONS = {
    "grid": {"points": 5},
    "shade": {"population": 4},
    "acor": {"archive": 4, "ants": 3},
}


def events(path: Path) -> list[Event]:
    return [entry.event for entry in read_journal(path / "journal.jsonl")]


def configurations(path: Path) -> list[dict[str, Any]]:
    return [dict(event.params) for event in events(path) if isinstance(event, TrialStarted)]


@pytest.mark.parametrize(
    ("sampler", "stop_after"),
    [
        *(("tpe", 0), ("tpe", 3), ("tpe", 12), ("cma-es", 7), ("nsga2", 7), ("qmc", 7)),
        *(("grid", 7), ("shade", 7), ("acor", 9)),
    ],
)
def test_a_stopped_sweep_goes_on_as_if_it_had_never_been_interrupted(
    tmp_path: Path,
    make_config: MakeConfig,
    coordinate: Coordinate,
    sampler: str,
    stop_after: int,
) -> None:
    config = make_config(
        sampler={"name": sampler, **OPTIONS.get(sampler, {})},
        space={"momentum": {"low": 0.0, "high": 1.0}},
        budget=14,
        pruner="median",
    )
    folder = SweepFolder(tmp_path / "s")
    stop = once(
        lambda event: isinstance(event, EpochEnded) and event.trial == stop_after,
        lambda: folder.send(Command(verb="stop")),
    )

    coordinate(tmp_path / "u", config)
    stopped = coordinate(tmp_path / "s", config, on_entry=stop)
    record = coordinate(tmp_path / "s", config)

    assert stopped.state == "stopped"
    assert len(stopped.finished()) <= stop_after + 1
    assert_same_outcome(tmp_path / "s", tmp_path / "u")
    assert record.best == SweepFolder(tmp_path / "s").best_trial()


def assert_same_outcome(path: Path, uninterrupted: Path) -> None:
    """Every trial once, without gaps, the same configurations and fates, the same winner."""
    ours, theirs = events(path), events(uninterrupted)
    assert configurations(path) == configurations(uninterrupted)
    ends = {event.trial: event for event in ours if isinstance(event, TrialEnded)}
    assert [e.trial for e in ours if isinstance(e, TrialEnded)] == list(range(len(ends)))
    for event in theirs:
        if isinstance(event, TrialEnded):
            mine = ends[event.trial]
            assert (mine.state, mine.score, mine.reason) == (
                event.state,
                event.score,
                event.reason,
            )
    assert SweepFolder(path).best_trial() == SweepFolder(uninterrupted).best_trial()


def test_best_is_repaired_when_the_crash_came_before_the_copy(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config()
    winner = coordinate(tmp_path / "s", config).best
    journal = tmp_path / "s" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    last_best = max(i for i, line in enumerate(lines) if b'"best_changed"' in line)
    journal.write_bytes(b"".join(lines[:last_best]))
    (tmp_path / "s" / "best" / "best.json").write_text("{}")

    record = coordinate(tmp_path / "s", config)

    assert record.best == winner == SweepFolder(tmp_path / "s").best_trial()


def test_diagnostics_that_a_crash_left_behind_are_discarded(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(record="best")
    record = coordinate(tmp_path / "s", config)
    loser = record.ranked()[-1].number
    leftover = tmp_path / "s" / "trials" / f"{loser:04d}" / "diagnostics"
    leftover.mkdir()

    coordinate(tmp_path / "s", config)

    assert not leftover.exists()


def test_a_sweep_whose_data_have_changed_is_not_continued(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=2)
    coordinate(tmp_path / "s", config)
    before = (tmp_path / "s" / "journal.jsonl").read_bytes()

    with pytest.raises(DataError, match="have changed since it began"):
        coordinate(tmp_path / "s", config, fingerprint="other data")

    assert (tmp_path / "s" / "journal.jsonl").read_bytes() == before


def test_a_second_coordinator_is_refused_and_leaves_no_worker_behind(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=1)
    executor = ScriptedExecutor(trained)
    SweepFolder.create(tmp_path / "s", config.to_dict())

    with CoordinatorLock(tmp_path / "s" / ".lock"), pytest.raises(FolderLocked):
        coordinate(tmp_path / "s", config, executor=executor)

    assert executor.is_closed
    assert not (tmp_path / "s" / "journal.jsonl").exists()


def test_a_journal_that_tells_nonsense_is_refused_in_words(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=2)
    coordinate(tmp_path / "s", config)
    journal = tmp_path / "s" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(line for line in lines if b'"trial_started"' not in line))

    with pytest.raises(HpolabError, match="does not say how it started"):
        coordinate(tmp_path / "s", config)
