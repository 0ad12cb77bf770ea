"""The arithmetic in the browser against the arithmetic in Python, on the same numbers."""

from __future__ import annotations

import math
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from hpolab.analysis import TrialTable, flips_along_health, rank
from hpolab.scoring import METRICS, ScoringWeights, health_all, largest_remainder
from hpolab_widgets.weighing.balance import stretches

pytestmark = pytest.mark.browser
WEIGHTINGS = 1000
_EDGES = (0.0, 0.25, 0.5, 1.0)


@pytest.fixture
def evaluate(chromium):
    """Evaluates JavaScript where scoring.js is loaded."""
    page = chromium.new_page()
    script = files("hpolab.page").joinpath("static", "scoring.js").read_text(encoding="utf-8")
    page.add_script_tag(content=script)
    yield lambda code, argument: page.evaluate(code, argument)
    page.close()


def random_weights(draw: np.random.Generator) -> ScoringWeights:
    """Any there may be; often with zeros, as sliders leave them behind."""
    shares = draw.dirichlet(np.ones(len(METRICS)))
    shares[draw.random(len(METRICS)) < draw.choice([0.2, 0.8])] = 0
    shares = shares / shares.sum() if shares.sum() else np.eye(len(METRICS))[0]
    accuracy = float(draw.choice([*_EDGES, draw.random()]))
    return ScoringWeights(
        accuracy=accuracy, proportions=dict(zip(METRICS, shares.tolist(), strict=True))
    )


def random_trials(draw: np.random.Generator) -> TrialTable:
    """A few, some of them equal, some without some or all of the metrics."""
    n = int(draw.integers(1, 12))
    accuracy = draw.choice([*_EDGES, *draw.random(4)], size=n)
    metrics = draw.choice([*_EDGES, *draw.random(8), math.nan], size=(n, len(METRICS)))
    metrics[draw.random((n, len(METRICS))) < 0.3] = math.nan
    metrics[draw.random(n) < 0.1] = math.nan
    twin = int(draw.integers(n))
    accuracy[twin], metrics[twin] = accuracy[0], metrics[0]
    numbers = np.sort(draw.choice(100, size=n, replace=False))
    return TrialTable(numbers.astype(np.int64), accuracy, metrics)


def as_json(table: TrialTable) -> list[dict[str, Any]]:
    return [
        {
            "number": int(number),
            "accuracy": float(accuracy),
            "metrics": [nan_as_none(v) for v in row],
        }
        for number, accuracy, row in zip(*table, strict=True)
    ]


def nan_as_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def in_js(weights: ScoringWeights) -> dict[str, Any]:
    return {"accuracy": weights.accuracy, "proportions": list(weights.proportions.values())}


@pytest.fixture(scope="module")
def cases() -> list[tuple[ScoringWeights, TrialTable]]:
    draw = np.random.default_rng(0)
    return [(random_weights(draw), random_trials(draw)) for _ in range(WEIGHTINGS)]


def test_both_name_the_same_metrics_in_the_same_order(evaluate):
    assert evaluate("() => METRICS", None) == list(METRICS)
    assert evaluate("() => DEFAULT_WEIGHTS", None) == in_js(ScoringWeights())


def test_totals_and_orders_are_equal_under_a_thousand_weightings(evaluate, cases):
    code = "cases => cases.map(([weights, trials]) => ranking(weights, trials))"
    theirs = evaluate(code, [[in_js(weights), as_json(table)] for weights, table in cases])

    for (weights, table), found in zip(cases, theirs, strict=True):
        ours = rank(table, weights)
        assert [each["number"] for each in found] == ours.numbers.tolist()
        assert [each["total"] for each in found] == pytest.approx(ours.totals, abs=1e-12)


def test_health_is_equal_and_absent_where_no_metric_applies(evaluate, cases):
    code = "cases => cases.map(([w, trials]) => trials.map(one => healthOf(w, one.metrics)))"
    theirs = evaluate(code, [[in_js(weights), as_json(table)] for weights, table in cases])

    for (weights, table), found in zip(cases, theirs, strict=True):
        ours = [nan_as_none(value) for value in health_all(weights, table.metrics)]
        assert [value is None for value in found] == [value is None for value in ours]
        known = [value for value in ours if value is not None]
        assert [value for value in found if value is not None] == pytest.approx(known, abs=1e-12)


def test_moving_sliders_leads_to_the_same_weights(evaluate):
    draw = np.random.default_rng(1)
    moves = [
        (str(draw.choice(["accuracy", "health", *METRICS])), int(draw.integers(0, 101)) / 100)
        for _ in range(WEIGHTINGS)
    ]
    weights, ours = ScoringWeights(), []
    for what, share in moves:
        if what in METRICS:
            weights = weights.with_proportion(what, share)
        else:
            move = weights.with_accuracy if what == "accuracy" else weights.with_health
            weights = move(share)
        ours.append(weights)
    code = """moves => {
      let weights = DEFAULT_WEIGHTS;
      return moves.map(([what, share]) => {
        weights = what === "accuracy" ? withAccuracy(weights, share)
          : what === "health" ? withHealth(weights, share)
          : withProportion(weights, METRICS.indexOf(what), share);
        return [weights, percentages(weights.proportions),
          percentages([weights.accuracy, 1 - weights.accuracy])];
      });
    }"""

    for (found, shares, tiers), weights in zip(evaluate(code, moves), ours, strict=True):
        expected = in_js(weights)
        assert found["accuracy"] == expected["accuracy"]
        assert found["proportions"] == pytest.approx(expected["proportions"], abs=1e-12)
        assert sum(shares) == sum(tiers) == 100
        assert min(shares) >= 0


def test_shown_percentages_are_those_of_python(evaluate, cases):
    shares = [list(weights.proportions.values()) for weights, _ in cases]
    ours = [list(largest_remainder(weights.proportions).values()) for weights, _ in cases]

    assert evaluate("all => all.map(percentages)", shares) == ours


def test_the_winner_changes_at_the_same_places(evaluate, cases):
    code = """cases => cases.map(([weights, trials]) => {
      const flips = flipsAlongHealth(weights, trials);
      const winner = ranking(weights, trials)[0].number;
      return [flips, stretches(flips, winner, 1 - weights.accuracy)];
    })"""
    theirs = evaluate(code, [[in_js(weights), as_json(table)] for weights, table in cases])

    for (weights, table), (flips, shown) in zip(cases, theirs, strict=True):
        ours = flips_along_health(table, weights)
        winner = int(rank(table, weights).numbers[0])
        assert [flip["winner"] for flip in flips] == [flip.winner for flip in ours]
        assert [f["health"] for f in flips] == pytest.approx([f.health for f in ours], abs=1e-12)
        expected = stretches(ours, winner=winner, health=weights.health)
        assert [(s["first"], s["last"], s["winner"]) for s in shown] == expected
