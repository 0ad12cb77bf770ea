"""What a browser may send to a panel: anything; what comes of it: a word, and no harm."""

from __future__ import annotations

import inspect
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from hpolab import Sweep
from hpolab_widgets import LabState
from hpolab_widgets import panels as all_panels
from hpolab_widgets.panels import Gallery, RunControl, Setup, Sweeps

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab_widgets.panel import Panel

ODD: list[Any] = [
    None, True, -1, 0, 10**400, -(10**30), 1.5, float("nan"), float("inf"), "", "..", "../../etc",
    "a/b", "\0", "\ud800", "x" * 100_000, "__class__", [], ["a"], {}, {"wish": 1},
]  # fmt: skip
HARMLESS = {"delete", "start", "continue", "fetch"}
"""Wishes that, rightly asked for, start or end something: only asked for wrongly here."""


def wishes(kind: type[Panel]) -> dict[str, list[str]]:
    """The verbs of a panel, and the details that each takes."""
    return {
        name.removeprefix("wish_"): list(inspect.signature(getattr(kind, name)).parameters)[1:]
        for name in dir(kind)
        if name.startswith("wish_")
    }


@pytest.mark.parametrize("name", all_panels.__all__)
@pytest.mark.parametrize("has_sweep", [True, False])
def test_no_wish_breaks_a_panel_whatever_comes_with_it(
    name: str, has_sweep: bool, finished: Path
) -> None:
    kind = getattr(all_panels, name)
    before = sorted(path.name for path in finished.rglob("*"))
    for verb, details in wishes(kind).items():
        if not details and verb in HARMLESS:
            continue
        panel = kind(LabState(Sweep.follow(finished) if has_sweep else None))
        for odd in itertools.product(ODD, repeat=min(len(details), 2)):
            panel.wish(verb, **dict(zip(details, odd, strict=False)))
            assert "inside hpolab" not in panel.problem, (verb, odd)
        panel.close()
    assert sorted(path.name for path in finished.rglob("*")) == before


@pytest.mark.parametrize(
    "content",
    [
        {"wish": "open", "verb": "x"},
        {"wish": "open", "self": 1},
        {"wish": "open"},
        {"wish": ["open"]},
        {"wish": "_class__"},
        {},
        [],
        None,
        "open",
    ],
)
def test_a_message_that_is_no_wish_is_refused(content: Any, finished: Path) -> None:
    panel = Gallery(finished)
    panel._on_message(panel, content, [])  # as the comm hands it over
    assert panel.lab.opened is None
    assert "inside hpolab" not in panel.problem


@pytest.mark.parametrize(
    ("kind", "trait", "value"),
    [
        (Gallery, "view", {"cards": "mine"}),
        (Sweeps, "view", {}),
        (Gallery, "problem", "mine"),
        (Setup, "known", {}),
        (Setup, "samples", {}),
        (Setup, "starting", True),
        (RunControl, "busy", ["Starting …"]),
    ],
)
def test_what_a_panel_tells_cannot_be_set_by_the_browser(
    kind: type[Panel], trait: str, value: Any, finished: Path
) -> None:
    panel = kind(finished)
    before = getattr(panel, trait)
    panel.set_state({trait: value})
    assert getattr(panel, trait) == before


@pytest.mark.parametrize(
    ("kind", "trait"),
    [
        (kind, name)
        for kind in (getattr(all_panels, name) for name in all_panels.__all__)
        for name in kind.class_own_traits(sync=True)
        if not kind.class_traits(sync=True)[name].metadata.get("told")
    ],
)
def test_a_panel_draws_on_whatever_the_browser_sets(
    kind: type[Panel], trait: str, finished: Path
) -> None:
    panel = kind(finished)
    for value in [*ODD, [["a"]], [{"name": []}], [{"name": "accuracy", "value": {}}] * 20]:
        panel.set_state({trait: value})
        assert "inside hpolab" not in panel.problem, value
    assert panel.view or kind.__name__ == "Entrance"


FORMS: list[dict[str, Any]] = [
    {"epochs": 10**400},
    {"budget": {"trials": 10**400}},
    {"budget": {"trials": 10**30}},
    {"budget": {"seconds": 1e308}},
    {"budget": {"trials": None, "epochs": 10**400}},
    {"dataset": {"max_samples": 10**400}},
    {"dataset": {"seed": 10**400}},
    {"dataset": {"name": "arrays", "path": "/etc/passwd"}},
    {"dataset": {"name": "arrays", "path": "x" * 5000}},
    {"dataset": {"name": "images", "path": "~nobody-here/x"}},
    {"dataset": {"name": ["digits"]}},
    {"name": "漢" * 100},
    {"name": "../x"},
    {"model": "os:system"},
    {"model": "x" * 10_000},
    {"space": {"filters": {"low": 1, "high": 10**400}}},
    {"space": {"filters": [1] * 10_000}},
    {"space": {"filters": "64"}},
    {"space": {"n_blocks": {"low": 1, "high": 10**15}}},
    {"sampler": {"name": "grid", "points": 1000}},
    {"sampler": {"name": "tpe", "n_candidates": 10**9}},
    {"pruner": {"name": "hyperband", "max_epochs": 10**9}},
    {"executor": {"workers": 10**9}},
    {"executor": "os:system"},
    {"follows": "/etc"},
    {"follows": "\0"},
    {"follows": ""},
    {"follows": "x" * 5000},
    {"weights": {"accuracy": float("nan")}},
    {"seed": float("inf")},
    {"max_failures": 10**400},
    {"\0": {"": {}}},
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form)[:60])
def test_the_setup_panel_says_what_is_wrong_with_whatever_is_asked(
    form: dict[str, Any], finished: Path
) -> None:
    panel = Setup(finished)
    panel.form = form
    assert "inside hpolab" not in panel.problem
    assert panel.view
