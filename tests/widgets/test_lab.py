"""The composed lab: what is on the screen when, and what is left when it is closed."""

import asyncio
import gc
import weakref

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances

from hpolab import Sweep
from hpolab.errors import ConfigError
from hpolab_widgets import Lab, LabState, Navigation
from hpolab_widgets.hosting import EXAMPLE, HostedSweep


def seen(widget, hidden=False):
    """The places of the lab that are on the screen."""
    hidden = hidden or widget.layout.display == "none"
    names = set() if hidden else {name for name in widget._dom_classes if "lab-" in name}
    for child in widget.children if isinstance(widget, ipywidgets.Box) else ():
        names |= seen(child, hidden)
    return {name.removeprefix("hpo-lab-") for name in names} - {"page", "main"}


def test_a_lab_opens_on_its_sweep_with_the_gallery(finished):
    lab = Lab(finished)
    assert seen(lab) == {"sweep", "run", "side", "gallery"}
    lab.close()


def test_a_trial_that_is_opened_takes_the_place_of_the_gallery(finished):
    lab = Lab(finished)
    lab.state.opened = 1
    assert seen(lab) == {"sweep", "run", "side", "trial"}
    lab.state.opened = None
    assert seen(lab) == {"sweep", "run", "side", "gallery"}
    lab.close()


def test_two_trials_to_compare_appear_above_the_gallery(finished):
    lab = Lab(finished)
    lab.state.compared = (0,)
    assert "compare" not in seen(lab)
    lab.state.compared = (0, 1)
    assert seen(lab) == {"sweep", "run", "side", "compare", "gallery"}
    lab.close()


def test_a_page_is_made_when_it_is_first_visited_and_hidden_when_left(finished):
    lab = Lab(finished)
    before = len(lab.children)
    lab.state.page = "setup"
    assert len(lab.children) == before + 1
    assert seen(lab) == {"setup"}
    lab.state.page = "sweep"
    lab.state.page = "setup"
    assert len(lab.children) == before + 1
    lab.close()


def test_a_lab_without_a_sweep_opens_too():
    lab = Lab()
    assert seen(lab) == {"sweep", "run", "side", "gallery"}
    lab.close()


def test_a_closed_lab_is_garbage_and_leaves_no_widget(finished):
    before = set(_instances)
    lab = Lab(finished)
    lab.state.page = "setup"
    lab.state.page = "sweeps"
    lab.close()
    watched = [weakref.ref(lab), weakref.ref(lab.state)]
    del lab
    gc.collect()
    assert [ref() for ref in watched] == [None, None]
    assert set(_instances) - before == set()


def test_a_closed_lab_no_longer_follows_its_sweep(finished):
    async def main():
        lab = Lab(finished)
        assert len(asyncio.all_tasks()) == 2
        lab.close()
        await asyncio.sleep(0.01)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_a_state_that_was_lent_is_left_to_its_owner(finished):
    state = LabState(Sweep.follow(finished))
    Lab(state).close()
    state.show(None)
    assert state.sweep is None


def test_the_navigation_names_the_sweep_its_state_and_the_page(finished):
    navigation = Navigation(finished)
    assert navigation.view["sweep"] == "finished"
    assert navigation.view["state"] == "finished"
    navigation.wish("visit", page="sweeps")
    assert navigation.view["page"] == "sweeps"


@pytest.mark.parametrize("page", ["setpu", 3, None, ["sweep"][0] + "x" * 1000])
def test_the_navigation_refuses_a_page_that_is_not_there(page):
    navigation = Navigation()
    navigation.wish("visit", page=page)
    assert "there is no page" in navigation.problem
    assert navigation.lab.page == "sweep"


def test_the_example_has_trials_of_every_fate_and_a_winner():
    sweep = Sweep.follow(EXAMPLE)
    states = [trial.state for trial in sweep.record.trials.values()]
    assert sweep.state == "finished"
    assert len(states) >= 20
    assert {"completed", "pruned", "failed"} == set(states)
    assert sweep.best.score > 0.9
    assert sum(path.stat().st_size for path in EXAMPLE.rglob("*")) < 1_000_000


@pytest.mark.parametrize("wish", ["pause", "stop", "start"])
def test_the_example_is_shown_but_never_written_to(wish):
    lab = LabState(Sweep.follow(EXAMPLE))
    before = {path: path.stat().st_mtime_ns for path in EXAMPLE.rglob("*")}
    assert isinstance(lab.sweep.sweep, HostedSweep)
    with pytest.raises(ConfigError, match="the example that comes with the lab"):
        getattr(lab.sweep.sweep, wish)()
    assert {path: path.stat().st_mtime_ns for path in EXAMPLE.rglob("*")} == before
