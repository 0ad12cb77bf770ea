"""What a search was asked for, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.scoring import METRICS, ScoringWeights, largest_remainder

if TYPE_CHECKING:
    from hpolab.record import SweepRecord

__all__ = ["sampled_under"]


def sampled_under(record: SweepRecord, weights: ScoringWeights) -> str:
    """Which weights the search itself looked for its trials with: sliders do not change that.

    Args:
        record: Of the sweep.
        weights: What it was asked to use.
    """
    words = f"This sweep looks for its trials under {_described(weights)}; sliders re-rank them"
    if record.follows is None or not record.follows.trials:
        return f"{words}, they do not change what is tried."
    last, before = record.follows.trials - 1, _described(record.follows.weights)
    which = "Trial 0 comes" if last == 0 else f"Trials 0 to {last} come"
    return f"{words}. {which} from {record.follows.sweep}, which looked under {before}."


def _described(weights: ScoringWeights) -> str:
    """Weights in one line."""
    if weights.health == 0:
        return "accuracy alone"
    tiers = largest_remainder({"accuracy": weights.accuracy, "health": weights.health})
    shares = largest_remainder(weights.proportions)
    line = f"{tiers['accuracy']} % accuracy and {tiers['health']} % health"
    usual = largest_remainder(ScoringWeights().proportions)
    if shares == usual:
        return line
    ratio = ", ".join(
        f"{name.replace('_', ' ')} {shares[name]} %"
        for name in METRICS
        if shares[name] != usual[name]
    )
    return f"{line} (of health: {ratio})"
