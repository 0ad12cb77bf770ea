"""The sliders: whole percentages that add up, and what each metric sees."""

from __future__ import annotations

from typing import Any

from hpolab.health.meanings import MEANINGS
from hpolab.scoring import METRICS, ScoringWeights, largest_remainder

__all__ = ["percentages", "sliders"]


def percentages(weights: ScoringWeights) -> dict[str, int]:
    """Accuracy and health in whole per cent, together 100."""
    return largest_remainder({"accuracy": weights.accuracy, "health": weights.health})


def sliders(weights: ScoringWeights) -> list[dict[str, Any]]:
    """The six metrics.

    Returns:
        For each its ``name`` and ``meaning``; ``percent`` of health, whole, together 100; and
        ``absolute``, its weight in the score, [0, 1].
    """
    shares, absolute = largest_remainder(weights.proportions), weights.absolute()
    return [
        {
            "name": name,
            "meaning": MEANINGS[name],
            "percent": shares[name],
            "absolute": absolute[name],
        }
        for name in METRICS
    ]
