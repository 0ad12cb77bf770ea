"""Several sweeps side by side: what each has found, and how soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.analysis import Overview

__all__ = ["MOST_COMPARED", "comparison"]

MOST_COMPARED = 6
"""As many lines as can be told apart in one picture."""


def comparison(overviews: Sequence[Overview]) -> dict[str, Any] | None:
    """The best trial of each, and its best score so far over its trials.

    Returns:
        None for fewer than two; else ``sweeps``, and ``caution``: why scores of different sweeps
        may not be weighed against each other, empty when they may.
    """
    known = [overview for overview in overviews if overview.config is not None][:MOST_COMPARED]
    if len(known) < 2:
        return None
    return {"sweeps": [_side(overview) for overview in known], "caution": _caution(known)}


def _side(overview: Overview) -> dict[str, Any]:
    best = overview.best
    ended = best.ended if best else None
    return {
        "name": overview.folder.name,
        "state": overview.state,
        "settled": overview.settled,
        "trial": best.number if best else None,
        "score": best.score if best else None,
        "accuracy": ended.accuracy if ended else None,
        "health": ended.health if ended else None,
        "steps": _steps(overview.climb),
    }


def _steps(climb: Sequence[float | None]) -> list[list[float]]:
    """Where the best score changed: after how many trials, and to what."""
    before = (None, *climb)
    return [
        [n, score]
        for n, (last, score) in enumerate(zip(before, climb, strict=False), start=1)
        if score is not None and score != last
    ]


def _caution(overviews: Sequence[Overview]) -> str:
    configs = [overview.config for overview in overviews if overview.config is not None]
    differing = []
    if len({config.dataset.to_json() for config in configs}) > 1:
        differing.append("different data")
    if len({config.scoring.to_json() for config in configs}) > 1:
        differing.append("different weights of accuracy and health")
    if not differing:
        return ""
    return f"Their scores were measured with {' and '.join(differing)}: compare with care."
