"""The invariants of scores and of balancing, for any weights and any sequence of moves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.errors import ConfigError
from hpolab.scoring import (
    DEFAULT_PROPORTIONS,
    METRICS,
    ScoringWeights,
    largest_remainder,
    score_all,
)

unit = st.floats(0, 1, allow_subnormal=False)
names = st.sampled_from(METRICS)


@st.composite
def weightings(draw: st.DrawFn, *, least: float = 0.0) -> ScoringWeights:
    """Weights as a user could have set them; no share is under ``least``."""
    level = st.integers(0 if least == 0 else 1, 1000)
    raw = draw(st.lists(level, min_size=6, max_size=6).filter(any))
    shares = {name: value / sum(raw) for name, value in zip(METRICS, raw, strict=True)}
    return ScoringWeights(accuracy=draw(unit), proportions=shares)


moves = st.one_of(
    st.tuples(st.just("accuracy"), unit),
    st.tuples(st.just("health"), unit),
    st.tuples(names, unit),
)


def move(weights: ScoringWeights, slider: str, to: float) -> ScoringWeights:
    if slider == "accuracy":
        return weights.with_accuracy(to)
    if slider == "health":
        return weights.with_health(to)
    return weights.with_proportion(slider, to)


def percent(weights: ScoringWeights) -> list[float]:
    return [round(100 * weight, 9) for weight in weights.absolute().values()]


def distance_from_one(weights: ScoringWeights) -> float:
    tiers = math.fsum([weights.accuracy, weights.health])
    shares = math.fsum(weights.proportions.values())
    total = math.fsum([weights.accuracy, *weights.absolute().values()])
    return max(abs(tiers - 1), abs(shares - 1), abs(total - 1))


@given(weightings(), st.lists(moves, max_size=30))
def test_both_sums_stay_one_and_nothing_is_negative_whatever_is_moved(
    weights: ScoringWeights, path: list[tuple[str, float]]
) -> None:
    for slider, to in path:
        weights = move(weights, slider, to)
        assert distance_from_one(weights) <= 1e-12
        assert min(weights.accuracy, weights.health, *weights.proportions.values()) >= 0
        assert list(weights.proportions) == list(METRICS)


def test_rounding_errors_do_not_grow_over_thousands_of_moves() -> None:
    random = np.random.default_rng(0)
    weights = ScoringWeights()
    errors = []
    for _ in range(5000):
        slider = str(random.choice([*METRICS, "accuracy", "health"]))
        weights = move(weights, slider, float(random.uniform(0.01, 0.9)))
        errors.append(distance_from_one(weights))
    assert max(errors) <= 1e-14


@given(weightings(least=1e-4), names, st.floats(0, 0.999))
def test_moving_a_share_and_moving_it_back_restores_the_rest(
    weights: ScoringWeights, metric: str, share: float
) -> None:
    back = weights.with_proportion(metric, share).with_proportion(
        metric, weights.proportions[metric]
    )
    assert back.proportions == pytest.approx(weights.proportions, abs=1e-12)
    assert back.accuracy == weights.accuracy


@given(weightings(), unit)
def test_moving_accuracy_and_moving_it_back_restores_the_rest(
    weights: ScoringWeights, accuracy: float
) -> None:
    assert weights.with_accuracy(accuracy).with_accuracy(weights.accuracy) == weights


@given(weightings(least=1e-4), names, st.floats(0, 0.999))
def test_other_shares_keep_their_ratios_when_one_moves(
    weights: ScoringWeights, metric: str, share: float
) -> None:
    moved = weights.with_proportion(metric, share)
    factor = (1 - share) / (1 - weights.proportions[metric])
    assert moved.proportions[metric] == pytest.approx(share, abs=1e-12)
    for name in METRICS:
        if name != metric:
            expected = weights.proportions[name] * factor
            assert moved.proportions[name] == pytest.approx(expected, rel=1e-9)


@given(names, unit)
def test_remainder_is_shared_equally_where_all_other_shares_are_zero(
    metric: str, share: float
) -> None:
    alone = ScoringWeights().with_proportion(metric, 1.0)
    moved = alone.with_proportion(metric, share)
    others = [value for name, value in moved.proportions.items() if name != metric]
    assert others == pytest.approx([(1 - share) / 5] * 5, abs=1e-15)


@given(weightings(), unit)
def test_shares_of_health_stay_when_accuracy_or_health_moves(
    weights: ScoringWeights, to: float
) -> None:
    assert weights.with_accuracy(to).proportions == weights.proportions
    by_health = weights.with_health(to)
    assert by_health.proportions == weights.proportions
    assert by_health.health == pytest.approx(to, abs=1e-15)


def test_accuracy_from_70_to_80_scales_every_absolute_weight() -> None:
    before = percent(ScoringWeights())
    after = percent(ScoringWeights().with_accuracy(0.8))
    assert before == [7.5, 4.5, 6.0, 4.5, 4.5, 3.0]
    assert after == [5.0, 3.0, 4.0, 3.0, 3.0, 2.0]


def test_utilisation_from_25_to_35_percent_of_health_scales_the_others_down() -> None:
    moved = ScoringWeights().with_proportion("neuron_utilisation", 0.35)
    assert percent(moved) == [10.5, 3.9, 5.2, 3.9, 3.9, 2.6]
    assert moved.accuracy == 0.70


@given(weightings())
def test_displayed_percentages_add_up_to_100_and_are_close(weights: ScoringWeights) -> None:
    shown = weights.percentages()
    assert sum(shown.values()) == 100
    exact = {"accuracy": weights.accuracy, **weights.absolute()}
    assert list(shown) == ["accuracy", *METRICS]
    for name, whole in shown.items():
        assert abs(whole - 100 * exact[name]) < 1 + 1e-9


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10**6), min_size=1, max_size=20))
def test_largest_remainder_is_exact_on_whole_shares(counts: dict[str, int]) -> None:
    if not sum(counts.values()):
        return
    shown = largest_remainder(counts)
    assert sum(shown.values()) == 100
    assert min(shown.values()) >= 0


@given(weightings(), st.lists(moves, max_size=5))
def test_weights_survive_json_unchanged(
    weights: ScoringWeights, path: list[tuple[str, float]]
) -> None:
    for slider, to in path:
        weights = move(weights, slider, to)
    assert ScoringWeights.parse(weights.to_json()) == weights


@given(weightings(), unit, st.dictionaries(names, unit))
def test_score_is_between_0_and_1_and_made_of_its_parts(
    weights: ScoringWeights, accuracy: float, metrics: dict[str, float]
) -> None:
    score = weights.score(accuracy, metrics)
    assert 0 <= score.total <= 1
    assert score.accuracy == accuracy
    if score.health is None:
        assert not metrics
        assert score.total == accuracy
    else:
        assert 0 <= score.health <= 1
        mixed = weights.accuracy * accuracy + weights.health * score.health
        assert score.total == pytest.approx(mixed, abs=1e-15)


@given(weightings(least=1e-4), unit, names, st.fixed_dictionaries(dict.fromkeys(METRICS, unit)))
def test_absent_metric_gives_its_share_to_the_rest_in_proportion(
    weights: ScoringWeights, accuracy: float, absent: str, metrics: dict[str, float]
) -> None:
    rest = {name: value for name, value in metrics.items() if name != absent}
    expected = sum(weights.proportions[name] * value for name, value in rest.items())
    expected /= 1 - weights.proportions[absent]
    assert weights.score(accuracy, rest).health == pytest.approx(expected, abs=1e-9)


@given(weightings(), unit, unit)
def test_metrics_that_are_all_alike_are_the_health_whichever_are_absent(
    weights: ScoringWeights, accuracy: float, value: float
) -> None:
    some = dict.fromkeys(METRICS[1:4], value)
    assert weights.score(accuracy, some).health == pytest.approx(value, abs=1e-12)


def test_metrics_without_any_share_count_equally_when_they_are_all_there_is() -> None:
    weights = ScoringWeights(accuracy=0.5, proportions={"gradient_health": 1.0})
    score = weights.score(1.0, {"training_stability": 0.2, "neuron_utilisation": 0.4})
    assert score.health == pytest.approx(0.3)


def test_simple_mode_scores_by_accuracy_alone() -> None:
    sick = dict.fromkeys(METRICS, 0.0)
    assert ScoringWeights.simple().score(0.8, sick).total == 0.8


@given(weightings(), st.lists(st.tuples(unit, st.dictionaries(names, unit)), max_size=12))
def test_scoring_all_trials_at_once_equals_scoring_each(
    weights: ScoringWeights, trials: list[tuple[float, dict[str, float]]]
) -> None:
    accuracy = np.array([accuracy for accuracy, _ in trials])
    table = np.array(
        [[metrics.get(name, np.nan) for name in METRICS] for _, metrics in trials]
    ).reshape(-1, 6)
    each = [weights.score(accuracy, metrics).total for accuracy, metrics in trials]
    assert score_all(weights, accuracy, table) == pytest.approx(each, abs=1e-12)


@given(weightings(), names, unit, unit)
def test_a_better_metric_never_lowers_the_score(
    weights: ScoringWeights, metric: str, low: float, high: float
) -> None:
    low, high = sorted((low, high))
    base = dict.fromkeys(METRICS, 0.5)
    worse = weights.score(0.5, {**base, metric: low}).total
    assert weights.score(0.5, {**base, metric: high}).total >= worse - 1e-15


def test_default_shares_sum_to_one() -> None:
    assert math.fsum(DEFAULT_PROPORTIONS.values()) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan, math.inf])
def test_share_outside_its_range_is_refused_by_name(share: float) -> None:
    with pytest.raises(ConfigError, match="0 <= share <= 1"):
        ScoringWeights().with_proportion("gradient_health", share)


@pytest.mark.parametrize("accuracy", [-0.1, 1.1, math.nan, math.inf])
def test_accuracy_weight_outside_its_range_is_refused(accuracy: float) -> None:
    with pytest.raises(ConfigError, match="accuracy"):
        ScoringWeights().with_accuracy(accuracy)


def test_unknown_metric_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="gradient_health"):
        ScoringWeights().with_proportion("gradient_helth", 0.2)
    with pytest.raises(ConfigError, match="gradient_health"):
        ScoringWeights.parse({"proportions": {"gradient_helth": 1.0}})


@pytest.mark.parametrize(
    "proportions",
    [
        {"gradient_health": 0.5},
        {"gradient_health": 1.5, "training_stability": -0.5},
        {"gradient_health": math.nan},
    ],
)
def test_shares_that_are_no_shares_are_refused(proportions: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="proportions"):
        ScoringWeights.parse({"proportions": proportions})
