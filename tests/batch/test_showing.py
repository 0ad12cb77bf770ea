"""The summary: its numbers, its table, its pictures, and what it says of those that failed."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree

import pytest

from hpolab.batch import ShownCurves, ShownSummary, Summary
from hpolab.batch.curves import groups
from hpolab.batch.matrix import Matrix
from hpolab.batch.outcomes import Best, Outcome, outcome
from hpolab.errors import ConfigError, StoreError
from hpolab.practice import practice_config
from hpolab.reports.intervals import Interval, binomial
from hpolab.sweep import Sweep


def made(name, **changes):
    best = Best(
        trial=3, params={}, score=0.8, score_interval=Interval(0.7, 0.9), accuracy=0.9, health=0.5,
        test_accuracy=0.88, test_interval=Interval(0.8, 0.95),
    )  # fmt: skip
    fields = {
        "name": name, "sweep": f"night-{name}", "settings": {"sampler": "tpe"},
        "dataset": "digits", "sampler": "tpe", "mode": "health-aware", "seed": 0,
        "weight_accuracy": 0.7, "state": "finished", "trials": 5, "failures": 1, "seconds": 60,
        "best": best, "course": ((1, 0.5), (4, 0.8), (5, 0.8)),
    }  # fmt: skip
    return Outcome(**{**fields, **changes})


def article(shown):
    """Its content as a tree, so that it is well formed."""
    return ElementTree.fromstring(shown._repr_html_().partition("</style>")[2].strip())


def words(shown):
    return " ".join(" ".join(article(shown).itertext()).split())


@pytest.fixture
def summary():
    broken = made("b<b", state="failed", reason="no <memory>", best=None, course=(), trials=0)
    other = made("c", weight_accuracy=0.5, settings={"sampler": "tpe", "space.filters": [4, 8]})
    return Summary(name="night", parallel=2, cells=(made("a"), broken, other))


def test_a_row_has_the_score_and_test_accuracy_with_intervals_and_links_to_its_reports(summary):
    said = words(ShownSummary(summary))

    assert "2 of 3 sweeps finished; 10 trials in 3 min 0 s" in said
    assert "0.800 0.700 to 0.900 88.0 % 80.0 % to 95.0 % 5 1 1 min 0 s" in said
    links = [each.get("href") for each in article(ShownSummary(summary)).iter("a")]
    assert links[:2] == ["cells/a.ipynb", "cells/a.html"]
    assert "cells/b%3Cb.ipynb" in links


def test_what_failed_is_told_with_its_reason_and_other_settings_have_a_column(summary):
    said = words(ShownSummary(summary))

    assert "What did not finish, and why" in said
    assert "b<b failed no <memory>" in said
    assert "filters 4, 8" in said
    assert "Scores under different weights are different measures" in said


def test_a_picture_shows_only_searches_whose_scores_can_be_compared(summary):
    assert list(groups(summary.cells)) == [
        "digits: 70\xa0% accuracy, the rest health",
        "digits: 50\xa0% accuracy, the rest health",
    ]
    lines = list(article(ShownCurves(summary)).iter("polyline"))
    assert len(lines) == 2 * 2  # each with its key


def test_a_batch_without_any_trial_is_shown_too():
    nothing = made("a", state="not started", best=None, course=(), trials=0)
    summary = Summary(name="night", parallel=1, cells=(nothing,))

    assert "nothing to draw" in words(ShownCurves(summary))
    assert "a not started" in words(ShownSummary(summary))


def test_the_files_hold_what_is_shown_and_are_read_back(summary, tmp_path):
    summary.write(tmp_path)

    assert Summary.read(tmp_path) == summary
    with (tmp_path / "summary.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == ["finished", "failed", "finished"]
    assert (rows[0]["score"], rows[0]["test_high"], rows[1]["score"]) == ("0.8", "0.95", "")


def test_a_directory_without_a_summary_is_refused(tmp_path):
    with pytest.raises(StoreError, match=r"cannot read .*summary\.json"):
        Summary.read(tmp_path)
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(ConfigError, match="name"):
        Summary.read(tmp_path)


def test_the_interval_of_a_score_is_that_of_its_accuracy_with_health_as_measured(tmp_path):
    base = practice_config("cnn", budget=4, sampler="random").to_dict()
    base.pop("name")
    asked = Matrix.parse({"name": "night", "base": base, "matrix": {"weights.accuracy": [0.6]}})
    (cell,) = asked.cells(tmp_path)
    sweep = Sweep(cell.config, path=tmp_path / "sweep").run()

    found = outcome(cell, sweep, state="finished")

    best = found.best
    low, high = binomial(best.accuracy, 230)
    assert best.score_interval.low == pytest.approx(0.6 * low + 0.4 * best.health)
    assert best.score_interval.high == pytest.approx(0.6 * high + 0.4 * best.health)
    assert best.score_interval.low < best.score < best.score_interval.high
    assert found.course[-1][1] == best.score
    assert [score for _, score in found.course] == sorted(score for _, score in found.course)
    assert (found.trials, found.weight_accuracy) == (4, 0.6)
