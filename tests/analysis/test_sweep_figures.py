from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from hpolab.config import SweepConfig
from hpolab.errors import ConfigError
from hpolab.plots import draw_sweep, style, sweep_choices, sweep_plots, within_ranges
from hpolab.record import SweepRecord
from hpolab.scoring import ScoringWeights

from .trials import searched, trial

WEIGHTS = ScoringWeights()
NAMES = [entry.name for entry in sweep_plots()]
MIXED = [
    *searched(30, noise=0.1),
    *(trial(30 + n, each.params, state="pruned") for n, each in enumerate(searched(5))),
    trial(35, searched(1)[0].params, state="failed", accuracy=None, health=None),
    trial(36, searched(1)[0].params, state="cancelled", accuracy=None, health=None, epochs=0),
    trial(37, searched(1)[0].params, state="running"),
    trial(38, searched(1)[0].params, reused_from=0, seconds=0.0),
    trial(39, searched(1)[0].params, state="waiting"),
]
FATES = {
    "nothing": [],
    "one waits": MIXED[-1:],
    "one runs": MIXED[37:38],
    "one": MIXED[:1],
    "two": MIXED[:2],
    "all failed": [
        trial(n, each.params, state="failed", accuracy=None) for n, each in enumerate(MIXED[:6])
    ],
    "all equal": [trial(n, {"a": 1}) for n in range(6)],
    "all kinds": MIXED,
}


def titles(figure):
    """Of all axes; parallel coordinates have labels instead."""
    shown = figure.to_dict()
    axes = [v for k, v in shown["layout"].items() if k.startswith(("xaxis", "yaxis"))]
    named = [axis.get("title", {}).get("text", "") for axis in axes]
    for trace in shown["data"]:
        named += [dimension["label"] for dimension in trace.get("dimensions", [])]
    return named


def n_points(figure):
    """How many numbers the traces hold."""
    return sum(
        len(trace.x) if getattr(trace, "x", None) is not None else len(trace.dimensions)
        for trace in figure.data
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_data_axis_titles_and_words(name):
    plot = draw_sweep(MIXED, name, weights=WEIGHTS)

    assert n_points(plot.figure) > 0
    assert len([title for title in titles(plot.figure) if title]) >= 2 - (
        name in {"importance", "costs"}
    )
    assert plot.title
    assert plot.reading.endswith(".")
    assert plot.warning.endswith(".")
    assert plot.verdict


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fate", FATES)
def test_any_sweep_gives_a_figure_or_a_sentence(name, fate):
    plot = draw_sweep(FATES[fate], name, weights=WEIGHTS)

    json.dumps(style.as_json(plot.figure), allow_nan=False)
    assert n_points(plot.figure) or plot.figure.layout.annotations[0].text
    assert plot.verdict


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_of_every_option_is_drawn(name):
    for option, choices in sweep_choices(MIXED, name, weights=WEIGHTS).items():
        assert choices
        for choice in choices:
            assert draw_sweep(MIXED, name, weights=WEIGHTS, options={option: choice}).verdict


def test_a_record_tells_more_than_its_trials_about_the_space():
    record = SweepRecord(
        config=SweepConfig(
            model="hpolab.testing.synthetic:train_run",
            space={"learning_rate": {"low": 1e-6, "high": 1.0, "log": True}},
        ),
        trials={each.number: each for each in MIXED},
    )
    figure = draw_sweep(record, "slice", weights=WEIGHTS).figure
    low, high = figure.layout.xaxis.range
    assert low < -6 < 0 < high


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'pareto'"):
        draw_sweep(MIXED, "paretto", weights=WEIGHTS)
    with pytest.raises(ConfigError, match="did you mean 'learning_rate'"):
        draw_sweep(MIXED, "slice", weights=WEIGHTS, options={"parameter": "learningrate"})
    with pytest.raises(ConfigError, match="has no option"):
        draw_sweep(MIXED, "slice", weights=WEIGHTS, options={"parametr": "width"})


def test_the_course_has_a_mark_for_each_trial_that_began_and_stairs_that_never_fall():
    figure = draw_sweep(MIXED, "history", weights=WEIGHTS).figure
    marks = {trace.name: trace for trace in figure.data}
    stairs = marks.pop("best so far")
    assert sum(len(trace.x) for trace in marks.values()) == len(MIXED) - 1  # one waits
    assert len({trace.marker.symbol for trace in marks.values()}) == len(marks)
    assert (np.diff(stairs.y) >= 0).all()


def test_importance_says_when_there_are_too_few_trials_and_pales_its_bars():
    few = draw_sweep(searched(12), "importance", weights=WEIGHTS)
    assert few.verdict.startswith("Too few trials to believe it: 12 completed, 20 are needed")
    assert "too few trials" in few.figure.layout.annotations[1].text
    assert all(np.max(trace.marker.opacity) < 0.5 for trace in few.figure.data)

    many = draw_sweep(searched(200), "importance", weights=ScoringWeights.simple())
    assert many.verdict.startswith("learning rate explains ")
    assert any(np.max(trace.marker.opacity) == 1 for trace in many.figure.data)


def test_weights_change_what_is_said():
    by_accuracy = draw_sweep(MIXED, "history", weights=ScoringWeights.simple()).verdict
    by_health = draw_sweep(MIXED, "history", weights=ScoringWeights(accuracy=0)).verdict
    assert by_accuracy != by_health
    alone = draw_sweep(MIXED, "places", weights=ScoringWeights.simple()).verdict
    assert alone.startswith("Accuracy counts alone")


def test_marks_name_their_trials_so_that_a_click_can_open_them():
    for name in ("history", "slice", "pareto", "contour", "timeline", "costs"):
        figure = draw_sweep(MIXED, name, weights=WEIGHTS).figure
        told = {
            int(row[0])
            for trace in figure.data
            if trace.customdata is not None and trace.type in {"scatter", "bar"}
            if trace.name != "median, quartiles"
            for row in trace.customdata
        }
        assert told, name
        assert told <= {each.number for each in MIXED}


def test_a_brush_in_the_figure_chooses_the_lines_it_covers():
    figure = draw_sweep(MIXED, "parallel", weights=WEIGHTS).figure
    (lines,) = figure.data
    dimension = next(each for each in lines.dimensions if each.name == "learning_rate")
    covered = np.asarray(lines.customdata)[np.asarray(dimension["values"]) >= -2.5]

    chosen = within_ranges(MIXED, {"learning_rate": [(-2.5, 0.0)]}, weights=WEIGHTS)

    assert sorted(chosen) == sorted(covered.tolist())


def test_names_that_users_give_are_shown_as_text():
    bad = "<a href='x'>width</a>"
    trials = [trial(n, {bad: f"<b>{n % 3}"}, worker="<i>w") for n in range(40)]
    for name in NAMES:
        drawn = style.as_json(draw_sweep(trials, name, weights=WEIGHTS).figure)
        for trace in drawn["data"]:
            for dimension in trace.get("dimensions", []):
                dimension.pop("name")  # for programs: it is drawn nowhere
        shown = json.dumps(drawn)
        assert "<a href" not in shown
        assert "<b>" not in shown
        assert "<i>" not in shown


def test_the_list_of_figures_costs_nothing():
    code = (
        "import sys; from hpolab.plots import sweep_plots; sweep_plots(); "
        "sys.exit(int('plotly' in sys.modules or 'optuna' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
