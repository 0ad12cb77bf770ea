"""The figures of a trial: which, what they find, and why there are none."""

from __future__ import annotations

import shutil

import pytest

from hpolab import plots
from hpolab_widgets import Diagnostics, Lab, LabState
from hpolab_widgets.hosting import EXAMPLE


@pytest.fixture
def sent(monkeypatch):
    """The names of the figures that were handed to the browser."""
    names = []

    def send(self, content, buffers=None):
        names.append(content["plot"])

    monkeypatch.setattr(Diagnostics, "send", send)
    return names


@pytest.fixture
def example(tmp_path):
    """A copy of the example; its trials have recordings, but for one that failed."""
    return shutil.copytree(EXAMPLE, tmp_path / "example")


def shown(panel):
    return [figure["name"] for group in panel.view["groups"] for figure in group["figures"]]


def spoil(monkeypatch, *names):
    """Let these figures show something wrong."""
    draw = plots.draw

    def spoilt(folder, name):
        verdict = f"{name} is sick." if name in names else ""
        return draw(folder, name)._replace(verdict=verdict)

    monkeypatch.setattr(plots, "draw", spoilt)


def test_alone_in_a_cell_it_shows_the_best_trial_of_the_sweep(example):
    panel = Diagnostics(example)
    assert panel.view["trial"] == panel.lab.sweep.best
    assert not panel.view["is_opened"]
    assert {"curves", "confusion", "calibration"} <= set(shown(panel))


def test_without_a_sweep_it_says_what_to_do():
    assert "Open a trial" in Diagnostics().view["hint"]


def test_nothing_is_drawn_before_somebody_looks(example, monkeypatch):
    monkeypatch.setattr(plots, "draw", None)
    assert Diagnostics(example).view["judged"] == 0


def test_all_figures_are_judged_as_soon_as_one_is_looked_at(example, monkeypatch, sent):
    spoil(monkeypatch, "confusion", "gradients")
    panel = Diagnostics(example)
    panel.wish("plot", name="curves")
    assert sent == ["curves"]
    assert panel.view["judged"] == panel.view["count"] == len(shown(panel))
    assert [wrong["name"] for wrong in panel.view["wrong"]] == ["confusion", "gradients"]
    figures = {
        figure["name"]: figure for group in panel.view["groups"] for figure in group["figures"]
    }
    assert figures["confusion"]["verdict"] == "confusion is sick."
    assert figures["curves"]["verdict"] == ""
    assert figures["curves"]["height"] > 100


def test_a_layer_leaves_only_the_figures_that_are_about_it(example):
    panel = Diagnostics(example)
    everything, layer = shown(panel), panel.view["layers"][0]
    panel.wish("layer", name=layer)
    assert panel.lab.layer == layer
    assert shown(panel)
    assert all(name.split("/")[1].split("/")[0] == layer for name in shown(panel))
    panel.wish("layer", name="")
    assert shown(panel) == everything


def test_a_layer_without_figures_leaves_them_all(example):
    panel = Diagnostics(example)
    everything = shown(panel)
    panel.lab.layer = "flatten"
    assert (shown(panel), panel.view["asked_layer"], panel.view["layer"]) == (
        everything,
        "flatten",
        "",
    )


@pytest.mark.parametrize("name", ["conv99", None, 7, "x" * 3000])
def test_a_layer_that_is_not_there_is_refused(example, name):
    panel = Diagnostics(example)
    panel.wish("layer", name=name)
    assert "no figure of a layer" in panel.problem
    assert panel.lab.layer == ""


def test_figures_of_another_trial_are_drawn_anew(example, monkeypatch, sent):
    panel = Diagnostics(example)
    best, other = (int(number) for number in panel.lab.ranking.numbers[:2])
    panel.wish("plot", name="curves")
    before = panel.stamp("curves")
    panel.lab.opened = other
    assert panel.view["judged"] == 0
    assert panel.stamp("curves") != before
    panel.wish("plot", name="curves")
    panel.lab.opened = best
    assert panel.view["judged"] == panel.view["count"]  # still known


def test_a_trial_without_a_recording_says_why_and_which_trial_has_one(left):
    left.complete(0, 0.6)
    left.complete(1, 0.9)
    panel = Diagnostics(left.path)
    panel.lab.opened = 0
    why = panel.view["why"]
    assert "keeps the recording of its best trial only" in why["words"]
    panel.wish("go", trial=why["instead"])
    assert panel.lab.opened == 1


def test_what_never_recorded_says_so(made):
    made.start(0, epochs=2)
    panel = Diagnostics(LabState.of(made.path))
    panel.lab.opened = 0
    assert "still trains" in panel.view["why"]["words"]
    made.end(0, state="cancelled")
    panel.lab.sweep.refresh()
    assert "cancelled" in panel.view["why"]["words"]
    made.start(1)
    made.end(1, 0.5, reused_from=0)
    panel.lab.sweep.refresh()
    panel.lab.opened = 1
    assert panel.view["why"]["instead"] == 0


def test_a_damaged_recording_is_a_sentence_and_not_the_end_of_the_panel(example):
    for index in example.rglob("diagnostics/index.json"):
        index.write_text("{", encoding="utf-8")
    panel = Diagnostics(example)
    assert panel.problem
    assert panel.view["count"] == 0


def test_the_lab_shows_them_on_their_tab_and_makes_them_when_a_trial_is_opened(example):
    lab = Lab(example)
    box = lab._boxes["diagnostics"]
    assert (box.children, box.layout.display) == ((), "none")
    best = lab.state.opened = lab.state.sweep.best
    [panel] = box.children
    assert box.layout.display == "none"
    lab.state.tab = "diagnostics"
    assert (box.layout.display, panel.view["trial"]) == (None, best)
    lab.state.opened = None
    assert box.layout.display == "none"
    lab.close()
