"""Races in processes of their own, and what happens when these are killed, stopped or late."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hpolab.errors import ConfigError, FolderLocked, StoreError
from hpolab.race import Race
from hpolab.race.events import HeatStarted, RaceEntry
from hpolab.race.folder import find_races
from hpolab.race.outcomes import table
from hpolab.storage.lock import CoordinatorLock, holder

from .conftest import ENDLESS, wait_until


def is_gone(pid: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def workers_of(race: Race) -> set[int]:
    return {entry.event.worker for entry in entries(race) if isinstance(entry.event, HeatStarted)}


def entries(race: Race) -> list[RaceEntry]:
    lines = race.folder.journal.read_bytes().splitlines()
    return [RaceEntry.parse(line) for line in lines]


def test_a_race_runs_to_its_end_and_is_told_by_its_folder(make_race: Any, tmp_path: Path) -> None:
    seen: list[str] = []
    race = make_race().run(on_entry=lambda entry: seen.append(entry.event.kind))
    assert race.state == "finished"
    assert seen == [entry.event.kind for entry in entries(race)]
    again = Race.follow(race.path)
    assert Counter(each.state for each in again.record.runs) == {"completed": 4}
    assert [folder.path for folder in find_races(tmp_path)] == [race.path]
    assert all(is_gone(pid) for pid in workers_of(race))


def test_a_race_runs_in_a_notebook_too_where_a_loop_runs_already(make_race: Any) -> None:
    async def cell() -> Race:
        return make_race(contenders=("pso",), seeds=1).run()

    assert asyncio.run(cell()).state == "finished"


def test_a_run_whose_worker_dies_is_tried_again(make_race: Any) -> None:
    def kill_first(entry: RaceEntry) -> None:
        if isinstance(entry.event, HeatStarted) and entry.event.attempt == 1:
            os.kill(entry.event.worker, signal.SIGKILL)

    race = make_race(contenders=("pso",), seeds=1, heat_seconds=4, **ENDLESS)
    race.run(on_entry=kill_first)
    (run,) = race.record.runs
    assert (run.state, run.lost, run.attempt) == ("timed out", 1, 2)
    assert race.state == "finished"


def test_a_run_that_kills_every_worker_fails_and_so_does_the_race(make_race: Any) -> None:
    def kill(entry: RaceEntry) -> None:
        if isinstance(entry.event, HeatStarted):
            os.kill(entry.event.worker, signal.SIGKILL)

    race = make_race(contenders=("pso",), seeds=1, **ENDLESS)
    race.run(on_entry=kill)
    assert race.state == "failed"
    assert "signal 9; it was tried 3 times" in race.record.reason


def test_a_race_that_was_killed_goes_on_and_nothing_finished_is_lost(make_race: Any) -> None:
    race = make_race(
        function="rastrigin",
        dimensions=10,
        contenders=("pso",),
        seeds=4,
        budget=150_000,
        workers=1,
    )
    race.start()
    wait_until(lambda: any(each.ended for each in race.record.runs))
    pid = holder(race.folder.lock)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: race.state == "interrupted")
    wait_until(lambda: all(map(is_gone, workers_of(race))))  # nobody left them alone for long
    before = {each.heat.number: each.ended for each in race.record.runs if each.ended}
    assert 1 <= len(before) < 4

    again = Race.follow(race.path).run()
    assert again.state == "finished"
    assert Counter(each.state for each in again.record.runs) == {"completed": 4}
    assert {number: again.record.heats[number].ended for number in before} == before
    starts = Counter(e.event.heat for e in entries(race) if isinstance(e.event, HeatStarted))
    assert all(starts[number] == 1 for number in before)


def test_a_run_is_cancelled_and_a_race_is_stopped_and_continued(make_race: Any) -> None:
    race = make_race(seeds=1, **ENDLESS).start()
    one, other = race.record.heats.values()
    wait_until(lambda: race.record and one.points and other.points)
    with pytest.raises(StoreError, match="is running already"):
        Race.follow(race.path).start()
    race.cancel(0)
    wait_until(lambda: race.record and one.state == "cancelled")
    assert other.state == "running"
    race.stop()
    assert race.wait(60) == "stopped"
    assert other.state == "waiting"
    with pytest.raises(StoreError, match="nobody runs"):
        race.stop()

    race.start()
    wait_until(lambda: race.record and other.state == "running" and other.attempt == 2)
    race.stop()
    assert race.wait(60) == "stopped"
    assert one.state == "cancelled"
    assert [row.runs for row in table(race.record)] == [0, 0]


def test_a_limit_of_time_ends_a_race(make_race: Any) -> None:
    race = make_race(seconds=2, **ENDLESS).run()
    assert race.state == "finished"
    assert race.record.reason == "its 2 seconds are used up"
    assert {each.state for each in race.record.runs} == {"timed out"}


def test_a_run_has_a_limit_of_time_of_its_own(make_race: Any) -> None:
    race = make_race(contenders=("pso",), heat_seconds=1.5, **ENDLESS).run()
    assert {each.state for each in race.record.runs} == {"timed out"}
    assert race.record.reason == "all runs are done"


def test_a_race_has_one_coordinator_and_one_config(make_race: Any) -> None:
    race = make_race()
    race.make_folder()
    with CoordinatorLock(race.folder.lock), pytest.raises(FolderLocked, match="another process"):
        make_race().run()
    with pytest.raises(ConfigError, match="asked for something else"):
        make_race(budget=999)
    with pytest.raises(StoreError, match="not a race folder"):
        Race.follow(race.path / "nowhere")
