from __future__ import annotations

import asyncio
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hpolab import Sweep
from hpolab.analysis import Overviews
from hpolab.storage.lock import CoordinatorLock
from hpolab_widgets import LabState, Sweeps
from hpolab_widgets.browsing import comparison, packing
from hpolab_widgets.hosting import EXAMPLE

if TYPE_CHECKING:
    from hpolab_widgets.hosting import Host

NewSweep = Callable[..., Sweep]


@pytest.fixture
def panel(host: Host, new_sweep: NewSweep) -> Sweeps:
    """On three sweeps: a is the oldest, c was interrupted."""
    for age, name in enumerate("cba"):
        folder = new_sweep(name, budget=3 + age, seed=age).run().folder
        os.utime(folder.config, (folder.config.stat().st_mtime - 100 * age,) * 2)
    interrupt(host.sweeps_dir / "c")
    return Sweeps(LabState(host=host))


def interrupt(path: Path) -> None:
    """Take away the last line of the journal, which says that the sweep has ended."""
    lines = (path / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (path / "journal.jsonl").write_bytes(b"".join(lines[:-1]))


def names(panel: Sweeps) -> list[str]:
    """Of one's own sweeps; the example has a test of its own."""
    return [row["name"] for row in panel.view["rows"] if not row["is_example"]]


def downloads(panel: Sweeps, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    files: list[tuple[str, bytes]] = []
    monkeypatch.setattr(panel, "send", lambda what, data: files.append((what["download"], *data)))
    return files


def test_without_any_sweep_the_list_is_empty(host: Host) -> None:
    assert Sweeps(LabState(host=host)).view["count"] == 0


def test_the_example_is_always_the_last_row_and_can_be_looked_at_only(panel: Sweeps) -> None:
    panel.page_size = 2
    assert names(panel) == ["c", "b"]
    last = panel.view["rows"][-1]
    assert (last["name"], last["is_example"], last["state"]) == (EXAMPLE.name, True, "finished")
    assert last["actions"] == ["open", "export"]
    panel.wish("open", name=last["key"])
    assert panel.lab.sweep is not None
    assert panel.lab.sweep.sweep.path == EXAMPLE
    panel.wish("delete", name=last["key"])
    assert "stays as it is" in panel.problem


def test_a_sweep_of_ones_own_may_be_called_like_the_example(
    host: Host, new_sweep: NewSweep
) -> None:
    own = new_sweep(EXAMPLE.name).run()
    panel = Sweeps(LabState(host=host))
    assert [row["is_example"] for row in panel.view["rows"]] == [False, True]
    panel.wish("open", name=EXAMPLE.name)
    assert panel.lab.sweep is not None
    assert panel.lab.sweep.sweep.path == own.path


def test_the_sweep_that_is_shown_opens_again_as_it_was_left(panel: Sweeps) -> None:
    panel.wish("open", name="a")
    panel.lab.opened, panel.lab.page = 1, "sweeps"
    panel.wish("open", name="a")
    assert (panel.lab.opened, panel.lab.page) == (1, "sweep")


def test_a_new_sweep_is_offered_where_there_is_a_page_for_it(host: Host) -> None:
    lab = LabState(host=host)
    panel = Sweeps(lab)
    assert panel.view["can_visit"]
    panel.wish("new")
    assert lab.page == "setup"
    assert not Sweeps().view["can_visit"]


def test_every_folder_is_a_row_the_newest_first(panel: Sweeps) -> None:
    assert names(panel) == ["c", "b", "a"]
    own = panel.view["rows"][:-1]
    assert [row["state"] for row in own] == ["interrupted", "finished", "finished"]
    assert [(row["settled"], row["limit"]) for row in own] == [
        (3, 3),
        (4, 4),
        (5, 5),
    ]
    assert all(row["bytes"] > 1000 for row in panel.view["rows"])
    assert panel.view["rows"][0]["actions"] == ["open", "continue", "export", "delete"]
    assert panel.view["rows"][1]["actions"] == ["open", "export", "delete"]


def test_a_damaged_folder_is_a_row_with_its_message_and_cannot_be_opened(
    panel: Sweeps, host: Host
) -> None:
    (host.sweeps_dir / "b" / "config.yaml").write_text("- no mapping", encoding="utf-8")
    (host.sweeps_dir / "b" / "journal.jsonl").unlink()
    panel.refresh()
    row = next(row for row in panel.view["rows"] if row["name"] == "b")

    assert (row["state"], row["actions"]) == ("damaged", ["delete"])
    assert row["problem"].startswith("…/config.yaml")
    panel.wish("open", name="b")
    assert "config.yaml" in panel.problem
    assert panel.lab.sweep is None


@pytest.mark.parametrize(
    ("text", "found"), [("B fin", ["b"]), ("digits", ["c", "b", "a"]), ("interrupted", ["c"])]
)
def test_a_filter_wants_every_word(panel: Sweeps, text: str, found: list[str]) -> None:
    panel.filter = text
    assert names(panel) == found
    assert panel.view["matching"] == len(found)


def test_a_page_beyond_the_last_is_the_last(panel: Sweeps) -> None:
    panel.page_size, panel.page = 2, 7
    assert (panel.view["page"], panel.view["pages"], names(panel)) == (1, 2, ["a"])


def test_opening_shows_the_sweep_in_the_lab(panel: Sweeps) -> None:
    panel.lab.page = "sweeps"
    panel.wish("open", name="a")

    assert panel.lab.sweep is not None
    assert panel.lab.sweep.sweep.path.name == "a"
    assert panel.lab.page == "sweep"
    assert [row["is_open"] for row in panel.view["rows"]] == [False, False, True, False]


def test_an_interrupted_sweep_is_continued_and_shown(panel: Sweeps) -> None:
    panel.wish("continue", name="c")
    assert panel.problem == ""
    assert panel.lab.sweep is not None
    assert panel.lab.sweep.sweep.wait(timeout=60) == "finished"


def test_two_or_more_are_compared_and_one_is_not(panel: Sweeps, host: Host) -> None:
    panel.chosen = ("a",)
    assert panel.view["comparison"] is None
    panel.chosen = ("a", "b", "gone")
    sides = panel.view["comparison"]["sweeps"]
    best = Sweep.follow(host.sweeps_dir / "a").best

    assert [side["name"] for side in sides] == ["a", "b"]
    assert best is not None
    assert (sides[0]["trial"], sides[0]["score"]) == (best.number, best.score)
    assert sides[0]["steps"][-1][1] == best.score
    assert panel.view["comparison"]["caution"] == ""


def test_scores_under_other_weights_are_compared_with_care(
    host: Host, new_sweep: NewSweep
) -> None:
    new_sweep("plain", mode="simple").run()
    new_sweep("healthy").run()
    compared = comparison(Overviews(host.sweeps_dir).look())

    assert compared is not None
    assert "different weights" in compared["caution"]


def test_a_sweep_is_handed_over_as_an_archive_and_as_a_table(
    panel: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = downloads(panel, monkeypatch)
    panel.wish("export", name="a", kind="zip")
    panel.wish("export", name="a", kind="csv")
    (archive, packed), (table, rows) = files

    assert (archive, table) == ("a.zip", "a.csv")
    assert "a/journal.jsonl" in zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert len(rows.splitlines()) == 1 + 5


def test_a_sweep_is_handed_over_as_a_page_that_plays_it(
    panel: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = downloads(panel, monkeypatch)
    panel.wish("export", name="a", kind="html")
    ((name, page),) = files

    assert name == "a.html"
    assert b"<title>a: replay of a search</title>" in page


def test_what_is_too_large_for_a_browser_is_not_packed(
    panel: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = downloads(panel, monkeypatch)
    monkeypatch.setattr(packing, "MOST_BYTES", 10)
    panel.wish("export", name="a", kind="zip")
    assert "too large for a download" in panel.problem
    panel.wish("export", name="a", kind="csv")
    assert [name for name, _ in files] == ["a.csv"]


def test_a_deleted_sweep_is_gone_and_no_longer_shown(panel: Sweeps, host: Host) -> None:
    panel.wish("open", name="a")
    panel.wish("delete", name="a")

    assert panel.problem == ""
    assert names(panel) == ["c", "b"]
    assert not (host.sweeps_dir / "a").exists()
    assert panel.lab.sweep is None


def test_a_running_sweep_is_not_deleted(panel: Sweeps, host: Host) -> None:
    with CoordinatorLock(host.sweeps_dir / "a" / ".lock"):
        panel.wish("delete", name="a")
    assert "a is running" in panel.problem
    assert (host.sweeps_dir / "a").is_dir()


def test_only_what_is_listed_can_be_named(panel: Sweeps, host: Host) -> None:
    unlisted: list[Any] = ["../sweeps/a", "", ".", None, 3, "gone"]
    for name in unlisted:
        for verb in ("open", "continue", "resume", "delete"):
            panel.wish(verb, name=name)
            assert "there is no sweep" in panel.problem
    assert sorted(path.name for path in host.sweeps_dir.iterdir()) == ["a", "b", "c"]


def test_a_link_to_a_sweep_elsewhere_is_neither_continued_nor_deleted(
    panel: Sweeps, host: Host, tmp_path: Path
) -> None:
    (host.sweeps_dir / "a").rename(tmp_path / "elsewhere")
    (host.sweeps_dir / "a").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    panel.refresh()
    row = next(row for row in panel.view["rows"] if row["name"] == "a")

    assert row["actions"] == ["open", "export"]
    panel.wish("delete", name="a")
    assert "it stays as it is" in panel.problem
    assert (tmp_path / "elsewhere" / "config.yaml").is_file()


def test_with_a_loop_the_list_fills_itself_and_notices_new_sweeps(
    host: Host, new_sweep: NewSweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpolab_widgets.panels.sweeps._PATIENCE_SECONDS", 0)
    monkeypatch.setattr("hpolab_widgets.panels.sweeps._IDLE_SECONDS", 0.01)
    for name in "abc":
        new_sweep(name).run()

    async def until(is_so: Callable[[], bool]) -> None:
        while not is_so():
            await asyncio.sleep(0.01)

    async def look() -> None:
        panel = Sweeps(LabState(host=host))
        assert (panel.view["count"], panel.view["unread"]) == (3, 2)
        await asyncio.wait_for(until(lambda: panel.view["unread"] == 0), timeout=10)
        await asyncio.wait_for(
            until(lambda: all(row["bytes"] for row in panel.view["rows"])), timeout=10
        )
        new_sweep("d").folder.create(host.sweeps_dir / "d", {})
        await asyncio.wait_for(until(lambda: panel.view["count"] == 4), timeout=10)
        panel.wish("delete", name="d")
        assert panel.busy == ("Deleting d …",)
        await asyncio.wait_for(until(lambda: panel.view["count"] == 3), timeout=10)
        await asyncio.wait_for(until(lambda: panel.busy == ()), timeout=10)
        panel.close()

    asyncio.run(look())
