from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.analysis import Overview, Overviews
from hpolab.record import SweepRecord

Make = Callable[..., Sweep]


@pytest.fixture
def make(tmp_path: Path, make_config: Callable[..., SweepConfig]) -> Make:
    def make_it(name: str, **changes: object) -> Sweep:
        return Sweep(make_config(**changes), path=tmp_path / name).run()

    return make_it


def by_name(overviews: list[Overview]) -> dict[str, Overview]:
    return {overview.folder.name: overview for overview in overviews}


def test_an_overview_says_what_following_the_sweep_says(make: Make) -> None:
    sweep = make("one")
    [overview] = Overviews(sweep.path.parent).look()

    assert overview.state == sweep.state == "finished"
    assert (overview.settled, overview.limit) == (6, 6)
    assert overview.best is not None
    assert sweep.best is not None
    assert (overview.best.number, overview.best.score) == (sweep.best.number, sweep.best.score)
    assert overview.config == sweep.record.config


def test_the_climb_never_falls_and_ends_at_the_best(make: Make) -> None:
    sweep = make("one")
    [overview] = Overviews(sweep.path.parent).look()

    scores = [score for score in overview.climb if score is not None]
    assert len(overview.climb) == 6
    assert scores == sorted(scores)
    assert sweep.best is not None
    assert scores[-1] == sweep.best.score


def test_the_newest_comes_first_and_unread_ones_are_in_the_list_at_once(
    make: Make, tmp_path: Path
) -> None:
    for age, name in enumerate(("new", "middle", "old")):
        config = make(name).folder.config
        os.utime(config, (config.stat().st_mtime - 100 * age,) * 2)
    overviews = Overviews(tmp_path)

    states = [(o.folder.name, o.state) for o in overviews.look(patience_seconds=0)]
    assert states == [("new", "finished"), ("middle", "unread"), ("old", "unread")]
    assert [o.state for o in overviews.look(patience_seconds=0)] == ["finished"] * 2 + ["unread"]
    assert [o.state for o in overviews.look(patience_seconds=0)] == ["finished"] * 3


def test_only_what_has_changed_is_read_again(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make("one"), make("two")
    overviews = Overviews(tmp_path)
    overviews.look()
    applied = []
    apply = SweepRecord.apply
    monkeypatch.setattr(
        SweepRecord, "apply", lambda self, entry: (applied.append(entry), apply(self, entry))
    )

    overviews.look()
    assert applied == []
    more = one.folder.journal.read_bytes().splitlines(keepends=True)[-1]
    with one.folder.journal.open("ab") as journal:
        journal.write(more)
    overviews.look()
    assert len(applied) == 1
    two.folder.journal.write_bytes(more[:0])
    assert by_name(overviews.look())["two"].state == "new"


def test_a_coordinator_that_died_leaves_an_interrupted_sweep(make: Make) -> None:
    sweep = make("one")
    lines = sweep.folder.journal.read_bytes().splitlines(keepends=True)
    sweep.folder.journal.write_bytes(b"".join(lines[:-1]))

    assert Overviews(sweep.path.parent).look()[0].state == "interrupted"


def test_damaged_folders_are_listed_with_their_problem(make: Make, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text("- no mapping", encoding="utf-8")
    make("journal").folder.journal.write_bytes(b"{}\n")

    overviews = by_name(Overviews(tmp_path).look())
    assert [overviews[name].state for name in ("config", "journal")] == ["damaged", "damaged"]
    assert "config.yaml" in overviews["config"].problem
    assert "journal.jsonl" in overviews["journal"].problem


def test_a_directory_that_is_not_there_has_no_sweeps(tmp_path: Path) -> None:
    assert Overviews(tmp_path / "nowhere").look() == []
