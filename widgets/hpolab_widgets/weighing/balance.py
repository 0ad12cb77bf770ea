"""Where the winner changes as health counts more, and how sturdy the winner is."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hpolab.analysis import Flip

__all__ = ["Stretch", "flip_words", "stability_words", "stretches"]


class Stretch(NamedTuple):
    """Whole percentages of health under which one trial wins.

    Attributes:
        first, last: Both included, 0 to 100.
        winner: A trial's number.
    """

    first: int
    last: int
    winner: int


def stretches(flips: Sequence[Flip], *, winner: int, health: float) -> list[Stretch]:
    """The winner at every place that the slider of health can take, equal ones put together.

    Args:
        flips: Where the winner changes; not empty.
        winner: Who wins now: where several are level, they do so for this place only.
        health: The weight of health now, in [0, 1].
    """
    starts = [round(100 * flip.health, 6) for flip in flips]
    winners = [flips[bisect_right(starts, percent) - 1].winner for percent in range(101)]
    here = round(100 * health, 6)
    if here == int(here):
        winners[int(here)] = winner
    found: list[Stretch] = []
    for percent, best in enumerate(winners):
        if found and found[-1].winner == best:
            found[-1] = found[-1]._replace(last=percent)
        else:
            found.append(Stretch(percent, percent, best))
    return found


def flip_words(found: Sequence[Stretch], winner: int, *, health: float) -> str:
    """A sentence that says where the winner flips, seen from where the slider is.

    Args:
        found: From ``stretches``.
        winner: Who wins now.
        health: The weight of health now, in [0, 1].
    """
    if len(found) == 1:
        return (
            f"Trial {found[0].winner} wins at every balance of accuracy and health, as long as "
            "health is made up like this."
        )
    here = 100 * health
    above = next((each for each in found if each.first > here and each.winner != winner), None)
    below = next(
        (each for each in reversed(found) if each.last < here and each.winner != winner), None
    )
    parts = []
    if above is not None:
        parts.append(f"above {above.first - 1} % health, trial {above.winner} wins")
    if below is not None:
        parts.append(f"below {below.last + 1} % health, trial {below.winner} wins")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def stability_words(winner: int, shares: Mapping[int, float]) -> str:
    """How often the winner would win, had the weights been drawn blindly."""
    share = shares.get(winner, 0.0)
    if share >= 0.995:
        return f"Sturdy: whatever the weights, trial {winner} wins."
    kind = "Sturdy" if share >= 0.5 else "Contested" if share >= 0.1 else "Fragile"
    rival = max((n for n in shares if n != winner), key=lambda n: shares[n])
    among = f"of weightings drawn at random, {_percent(share)} make it the winner"
    return f"{kind}: {among}; {_percent(shares[rival])} prefer trial {rival}."


def _percent(share: float) -> str:
    return "none" if share == 0 else "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"
