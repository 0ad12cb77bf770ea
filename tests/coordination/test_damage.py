"""What happens to a sweep when its folder, its disk or its clock is not as it should be."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from hpolab import Sweep
from hpolab.commands import Command
from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, FolderLocked, StoreError
from hpolab.events import EpochEnded, TrialEnded, TrialStarted
from hpolab.record import SweepRecord
from hpolab.storage.folder import SweepFolder
from hpolab.storage.journal import Journal, SteadyClock, read_journal
from hpolab.storage.lock import CoordinatorLock
from hpolab.testing.scripted import ScriptedExecutor, failed, once, trained

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]

MORE = (Command(verb="extend", trials=2),)
ON_PROCESSES = {"name": "hpolab.testing.synthetic:synthetic_process", "workers": 2}
may_mount = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk"
)


@pytest.fixture
def config(make_config: MakeConfig) -> SweepConfig:
    return make_config()


@pytest.fixture
def folder(tmp_path: Path, config: SweepConfig, coordinate: Coordinate) -> SweepFolder:
    """A sweep of six trials that has finished."""
    coordinate(tmp_path / "s", config)
    return SweepFolder(tmp_path / "s")


def contents(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file() and file.name not in {".lock", ".lock.json"}
    }


def record_of(folder: SweepFolder) -> SweepRecord:
    return SweepRecord.of(read_journal(folder.journal))


def assert_whole(folder: SweepFolder, *, trials: int) -> None:
    """Every trial there once, without a gap, completed, and the winner in ``best/``."""
    events = [entry.event for entry in read_journal(folder.journal)]
    assert [event.trial for event in events if isinstance(event, TrialStarted)] == list(
        range(trials)
    )
    assert sorted(event.trial for event in events if isinstance(event, TrialEnded)) == list(
        range(trials)
    )
    record = record_of(folder)
    assert {trial.state for trial in record.trials.values()} == {"completed"}
    best = record.ranked()[0].number
    assert (record.state, record.best, folder.best_trial()) == ("finished", best, best)
    originals = contents(folder.trial(best))
    originals.pop("log.txt", None)
    assert {**contents(folder.best), **originals} == contents(folder.best)


# Files that were taken away or damaged


@pytest.mark.parametrize("name", ["best", "best/model.keras", "best/best.json", "best/README.md"])
def test_what_is_missing_of_the_winner_is_copied_again(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate, name: str
) -> None:
    before = contents(folder.best)
    folder.discard(0, f"../../{name}")

    coordinate(folder.path, config)

    after = contents(folder.best)
    assert b"The winner among 6 finished trials" in after["README.md"]
    assert after == {**before, "README.md": after["README.md"]}  # it counts the trials anew


def test_half_a_file_in_best_is_copied_again(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    model = (folder.best / "model.keras").read_bytes()
    (folder.best / "model.keras").write_bytes(model[:5])

    coordinate(folder.path, config)

    assert (folder.best / "model.keras").read_bytes() == model


def test_a_winner_that_is_whole_in_best_alone_stays_there(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    before = contents(folder.best)
    best = folder.best_trial()
    assert best is not None
    (folder.trial(best) / "model.keras").write_bytes(b"")
    (folder.trial(best) / "result.json").write_text("{")

    coordinate(folder.path, config)

    assert contents(folder.best) == before


def test_what_a_crash_left_of_copying_the_winner_is_removed(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    (folder.path / ".best.new").mkdir()
    (folder.path / ".best.new" / "model.keras").write_bytes(b"half")
    (folder.path / ".best.old").write_text("not even a folder")

    coordinate(folder.path, config)

    assert not list(folder.path.glob(".best.*"))
    assert_whole(folder, trials=6)


def test_a_sweep_whose_trials_folder_is_gone_goes_on(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    before = record_of(folder)
    shutil.rmtree(folder.trials)

    record = coordinate(folder.path, config, wishes=MORE)

    assert {n: record.trials[n].ended for n in before.trials} == {
        n: trial.ended for n, trial in before.trials.items()
    }
    assert_whole(folder, trials=8)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text('{"state": "com')])
def test_a_winner_whose_result_is_lost_is_told_and_the_sweep_goes_on(
    folder: SweepFolder,
    config: SweepConfig,
    coordinate: Coordinate,
    damage: Callable[[Path], object],
) -> None:
    best = folder.best_trial()
    assert best is not None
    damage(folder.trial(best) / "result.json")
    shutil.rmtree(folder.best)

    record = coordinate(folder.path, config, wishes=MORE)

    assert any(f"the result of trial {best} is lost" in note for note in record.notes)
    assert (record.state, len(record.finished())) == ("finished", 8)


def test_leftovers_of_a_killed_writer_do_not_get_into_best(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=1)
    folder = SweepFolder.create(tmp_path / "s", config.to_dict())
    folder.trial(0).mkdir()
    (folder.trial(0) / ".result.json.k1ll3d").write_text("{")

    coordinate(folder.path, config)

    assert not [name for name in contents(folder.path) if "k1ll3d" in name]
    assert_whole(folder, trials=1)


# The journal and the config


def test_results_without_a_journal_are_not_overwritten(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    journal = folder.journal.read_bytes()
    folder.journal.unlink()
    before = contents(folder.trials)

    with pytest.raises(StoreError, match="restore the journal from a copy"):
        coordinate(folder.path, config, wishes=MORE)

    assert contents(folder.trials) == before
    folder.journal.write_bytes(journal)
    coordinate(folder.path, config, wishes=MORE)
    assert_whole(folder, trials=8)


@pytest.mark.parametrize("change", [{"epochs": 9}, {"space": {"momentum": [0.1, 0.9]}}])
def test_a_config_that_was_edited_after_the_start_is_refused(
    folder: SweepFolder,
    config: SweepConfig,
    make_config: MakeConfig,
    coordinate: Coordinate,
    change: dict[str, object],
) -> None:
    before = contents(folder.path)

    with pytest.raises(ConfigError, match="has been changed since the sweep began") as caught:
        coordinate(folder.path, make_config(**change))

    assert [caught.value.field] == list(change)
    assert contents(folder.path) == before
    coordinate(folder.path, config, wishes=MORE)
    assert_whole(folder, trials=8)


def test_a_config_of_a_newer_version_is_told_from_a_misspelt_one(folder: SweepFolder) -> None:
    before = folder.config.read_bytes()
    folder.config.write_bytes(before + b"quantum: true\n")

    with pytest.raises(ConfigError, match="a newer hpolab wrote it; undo the edit") as caught:
        Sweep.follow(folder.path)

    assert caught.value.field == "quantum"
    assert str(folder.config) in str(caught.value)
    folder.config.write_bytes(before)
    assert Sweep.follow(folder.path).state == "finished"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'"format":1', b'"format":2', "install the newer hpolab"),
        (b'"kind":"trial_ended"', b'"kind":"trial_taught"', "install the newer hpolab"),
        (b'"max_failures":5', b'"max_failures":5,"quantum":1', "install the newer hpolab"),
    ],
)
def test_a_journal_of_a_newer_version_is_refused_and_left_alone(
    folder: SweepFolder,
    config: SweepConfig,
    coordinate: Coordinate,
    before: bytes,
    after: bytes,
    said: str,
) -> None:
    ours = folder.journal.read_bytes()
    newer = ours.replace(before, after)
    assert newer != ours
    folder.journal.write_bytes(newer)

    with pytest.raises((StoreError, ConfigError), match=said):
        coordinate(folder.path, config, wishes=MORE)

    assert folder.journal.read_bytes() == newer
    folder.journal.write_bytes(ours)
    coordinate(folder.path, config, wishes=MORE)
    assert_whole(folder, trials=8)


@pytest.mark.parametrize("torn", [1, 7, 300])
def test_a_sweep_with_a_torn_last_line_goes_on(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, torn: int
) -> None:
    config = make_config()
    folder = SweepFolder(tmp_path / "s")
    stop = once(
        lambda event: isinstance(event, EpochEnded) and event.trial == 3,
        lambda: folder.send(Command(verb="stop")),
    )
    coordinate(folder.path, config, on_entry=stop)
    folder.journal.write_bytes(folder.journal.read_bytes()[:-torn])

    coordinate(folder.path, config)

    assert_whole(folder, trials=6)


def test_a_damaged_line_is_named_and_nothing_is_written(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4][:20] + b"\x00\xff" + lines[4][22:]
    folder.journal.write_bytes(b"".join(lines))
    before = contents(folder.path)

    with pytest.raises(StoreError, match=r"journal\.jsonl, line 5: not an event"):
        coordinate(folder.path, config, wishes=MORE)

    assert contents(folder.path) == before


# Commands, locks


def test_wishes_are_read_on_when_their_file_was_removed_and_damaged(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    config = make_config(budget=1000)
    folder = SweepFolder.create(tmp_path / "s", config.to_dict())
    folder.commands.write_bytes(b"\xff\x00\n" * 40)

    def wish() -> None:
        folder.commands.unlink()
        folder.commands.write_bytes(b"\x00\xff{{{\n")
        folder.send(Command(verb="stop"))

    record = coordinate(
        folder.path, config, on_entry=once(lambda event: isinstance(event, EpochEnded), wish)
    )

    assert record.state == "stopped"
    assert [note for note in record.notes if "not a command" in note]


def test_the_lock_file_of_a_dead_coordinator_hinders_nobody(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    folder.lock.write_text("stale")
    (folder.path / ".lock.json").write_text('{"pid": 1, "host": "gone"}')

    assert Sweep.follow(folder.path).state == "finished"
    coordinate(folder.path, config, wishes=MORE)

    assert_whole(folder, trials=8)


def test_a_second_coordinator_changes_nothing(
    folder: SweepFolder, config: SweepConfig, coordinate: Coordinate
) -> None:
    before = contents(folder.path)

    with CoordinatorLock(folder.lock), pytest.raises(FolderLocked, match="already has a coord"):
        coordinate(folder.path, config, wishes=MORE)

    assert contents(folder.path) == before


# Disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of its own; called with mount options, it is made or made different."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        again = "remount," if os.path.ismount(place) else ""
        command = ["mount", "-t", "tmpfs", "-o", again + options, "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("this root may not mount")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)


@may_mount
@pytest.mark.parametrize("size", [40, 64, 92, 140])
@pytest.mark.parametrize("kind", ["inline", "process"])
def test_a_sweep_on_a_full_disk_stops_with_a_remedy_and_goes_on_when_there_is_room(
    disk: Callable[[str], Path],
    make_config: MakeConfig,
    coordinate: Coordinate,
    size: int,
    kind: str,
) -> None:
    config = make_config(budget=12, **({"executor": ON_PROCESSES} if kind == "process" else {}))
    folder = SweepFolder(disk(f"size={size}k") / "s")

    with pytest.raises(StoreError, match="Free some space"):
        coordinate(folder.path, config)

    told = record_of(folder).finished()
    disk("size=10m")
    record = coordinate(folder.path, config)
    assert [record.trials[trial.number].ended for trial in told] == [t.ended for t in told]
    assert_whole(folder, trials=12)


@pytest.mark.parametrize("code", ["ENOSPC", "EROFS"])
def test_a_trial_is_not_blamed_for_a_disk_that_is_full(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate, code: str
) -> None:
    reason = f"OSError: Unable to flush file ({os.strerror(getattr(errno, code))})"
    config = make_config(budget=2)
    with pytest.raises(StoreError, match=r"trial 0 could not be stored.*Free some space"):
        coordinate(
            tmp_path / "s", config, executor=ScriptedExecutor(lambda spec: failed(spec, reason))
        )

    assert record_of(SweepFolder(tmp_path / "s")).finished() == []
    coordinate(tmp_path / "s", config, executor=ScriptedExecutor(trained))
    assert len(record_of(SweepFolder(tmp_path / "s")).ranked()) == 2


@may_mount
def test_a_read_only_folder_can_be_followed_but_not_gone_on_with(
    disk: Callable[[str], Path], config: SweepConfig, coordinate: Coordinate
) -> None:
    folder = SweepFolder(disk("size=10m") / "s")
    coordinate(folder.path, config)
    before = contents(folder.path)
    disk("ro")

    with pytest.raises(StoreError, match=r"Read-only file system\. Free some space or allow"):
        coordinate(folder.path, config, wishes=MORE)

    sweep = Sweep.follow(folder.path)
    assert (sweep.state, len(sweep.leaderboard)) == ("finished", 6)
    assert contents(folder.path) == before
    disk("rw")
    coordinate(folder.path, config, wishes=MORE)
    assert_whole(folder, trials=8)


# Clocks


class Clocks:
    """A wall clock that can be set, and the true passing of time: 0.1 s a look."""

    def __init__(self) -> None:
        self.true, self.set_by = 0.0, 0.0

    def pace(self) -> float:
        self.true += 0.1
        return self.true

    def wall(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.true + self.set_by)


def test_a_clock_that_jumps_back_neither_stretches_a_budget_nor_disorders_the_journal(
    tmp_path: Path,
    make_config: MakeConfig,
    coordinate: Coordinate,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clocks = Clocks()
    clock = SteadyClock(wall=clocks.wall, pace=clocks.pace)
    steady = partial(Journal, clock=clock)
    monkeypatch.setattr("hpolab.coordination.chronicle.Journal", steady)
    config = make_config(budget={"trials": None, "seconds": 60})

    def set_back() -> None:
        clocks.set_by = -3600.0

    set_back_once = once(lambda event: isinstance(event, EpochEnded), set_back)
    record = coordinate(tmp_path / "s", config, on_entry=set_back_once)

    times = [entry.utc for entry in read_journal(tmp_path / "s" / "journal.jsonl")]
    assert times == sorted(times)
    assert record.reason == "its 60 seconds are used up"
    assert 60 <= clocks.true < 70
    assert [entry.getMessage() for entry in caplog.records] == [
        "the clock was set back by 3600 seconds; time is counted on"
    ]


def test_a_clock_set_back_between_two_coordinators_hinders_neither(
    tmp_path: Path,
    make_config: MakeConfig,
    coordinate: Coordinate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clocks = Clocks()
    config = make_config(budget={"trials": None, "seconds": 30})
    folder = SweepFolder(tmp_path / "s")
    stop = once(
        lambda event: isinstance(event, EpochEnded), lambda: folder.send(Command(verb="stop"))
    )
    for on_entry in (stop, None):
        clock = SteadyClock(wall=clocks.wall, pace=clocks.pace)
        monkeypatch.setattr("hpolab.coordination.chronicle.Journal", partial(Journal, clock=clock))
        coordinate(folder.path, config, on_entry=on_entry)
        clocks.set_by -= 86_400

    record = record_of(folder)
    assert (record.state, record.reason) == ("finished", "its 30 seconds are used up")
    assert 30 <= record.seconds() < 40
