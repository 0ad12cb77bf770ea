"""A lab that goes on, whatever becomes of the sweep that it shows."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from hpolab import Sweep
from hpolab.errors import ConfigError, StoreError
from hpolab_widgets import LabState
from hpolab_widgets.hosting import Host
from hpolab_widgets.panels import Gallery, Navigation, RunControl, Sweeps, WeightSliders
from hpolab_widgets.state import SweepState

PATIENCE_SECONDS = 10.0


async def until(condition):
    """Return once it holds; fail when it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


class Fragile(Gallery, front="gallery"):
    """Cannot be drawn while it is told to break."""

    breaks = False

    def draw(self):
        if self.breaks:
            raise ZeroDivisionError
        return super().draw()


@pytest.mark.parametrize("kind", ["refused", "gone"])
def test_what_is_shown_stays_alive_when_another_cannot_be_shown(made, finished, kind):
    class Strict(Host):
        def admit(self, sweep):
            if kind == "refused" and sweep.path == finished:
                raise ConfigError("not for you.")
            return sweep

    async def show():
        lab = LabState(Sweep.follow(made.path), host=Strict())
        other = Sweep.follow(finished)
        if kind == "gone":
            (finished / "journal.jsonl").write_text("no journal\n")
        with pytest.raises((ConfigError, StoreError)):
            lab.show(other)
        made.complete(0, 0.5)
        await until(lambda: len(lab.sweep.trials) == 1 and lab.version > 1)
        lab.close()

    asyncio.run(show())


def test_a_panel_that_cannot_be_drawn_says_so_and_holds_up_no_other(made):
    async def follow():
        lab = LabState(Sweep.follow(made.path))
        fragile, other = Fragile(lab), Gallery(lab)
        fragile.breaks = True
        made.complete(0, 0.5)
        await until(lambda: other.view["total"] == 1)
        assert "went wrong inside hpolab" in fragile.problem
        fragile.breaks = False
        made.complete(1, 0.6)
        await until(lambda: fragile.view["total"] == 2)
        assert fragile.problem == ""
        lab.close()

    asyncio.run(follow())


def test_an_error_nobody_has_thought_of_does_not_end_following(made, monkeypatch):
    async def follow():
        lab = LabState(Sweep.follow(made.path))
        refresh = SweepState.refresh
        monkeypatch.setattr(SweepState, "refresh", lambda _: 1 / 0)
        await until(lambda: lab.sweep.problem)
        monkeypatch.setattr(SweepState, "refresh", refresh)
        made.complete(0, 0.5)
        await until(lambda: len(lab.sweep.trials) == 1)
        assert lab.sweep.problem == ""
        lab.close()

    asyncio.run(follow())


@pytest.mark.parametrize("fate", ["deleted", "damaged"])
def test_a_sweep_that_is_lost_while_it_is_shown_is_said_to_be_and_comes_back(
    finished, tmp_path, fate
):
    async def follow():
        lab = LabState.of(finished)
        panels = [kind(lab) for kind in (RunControl, Gallery, WeightSliders, Navigation, Sweeps)]
        shutil.copytree(finished, tmp_path / "copy")
        if fate == "deleted":
            shutil.rmtree(finished)
        else:
            with (finished / "journal.jsonl").open("a") as journal:
                journal.write("no event\n")
        await until(lambda: lab.sweep.problem)
        assert panels[0].view["sentence"]
        assert panels[0].view["actions"] == []
        assert panels[1].view["total"] == 3
        assert all("inside hpolab" not in panel.problem for panel in panels)
        shutil.rmtree(finished, ignore_errors=True)
        (tmp_path / "copy").rename(finished)
        await until(lambda: not lab.sweep.problem)
        lab.close()

    asyncio.run(follow())


def test_two_labs_on_one_sweep_see_the_same(made):
    async def follow():
        labs = [LabState(Sweep.follow(made.path)) for _ in range(2)]
        for n in range(3):
            made.complete(n, 0.5 + n / 10)
        for lab in labs:
            await until(lambda lab=lab: lab.sweep.best == 2)
        for lab in labs:
            lab.close()

    asyncio.run(follow())
