"""Who changes places between the weights of the search and those of the sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hpolab.analysis import Ranking

__all__ = ["places"]


def places(before: Ranking, now: Ranking, *, rows: int = 10) -> dict[str, Any]:
    """The best under either weights, and their places under both.

    Args:
        before: Under the weights of the search.
        now: Under the weights of the sliders.
        rows: How many places are shown.

    Returns:
        ``rows``, how many places there are to show; and ``trials``, those that have one of them
        before or now: their ``number``, ``score`` now, and places ``before`` and ``now``, from 1.
    """
    was = {int(number): place for place, number in enumerate(before.numbers, start=1)}
    best_before = {int(number) for number in before.numbers[:rows]}
    return {
        "rows": min(rows, len(now.numbers)),
        "trials": [
            {"number": number, "score": score, "before": was[number], "now": place}
            for place, (number, score) in enumerate(
                zip(now.numbers.tolist(), now.totals.tolist(), strict=True), start=1
            )
            if place <= rows or number in best_before
        ],
    }
