"""How the searches of a batch went: the best score so far against trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.reports.figures import Axes, sheet
from hpolab.reports.html import Markup, tag
from hpolab.reports.words import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.batch.outcomes import Outcome

__all__ = ["curves", "groups"]

_COLOURS, _DASHES = 6, 4
_NOTHING = "No trial was completed, so there is nothing to draw."


def groups(cells: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Cells whose scores can be compared, by what they have in common; those without one left out.

    Scores on other data, or under other weights, are other measures.
    """
    found: dict[str, list[Outcome]] = {}
    for cell in cells:
        if cell.course:
            weights = "accuracy alone"
            if cell.mode != "simple":
                weights = f"{percent(cell.weight_accuracy, digits=0)} accuracy, the rest health"
            found.setdefault(f"{cell.dataset}: {weights}", []).append(cell)
    return found


def curves(cells: Sequence[Outcome]) -> list[Markup]:
    """A picture for each group, with its key."""
    drawn = [_picture(what, group) for what, group in groups(cells).items()]
    if not drawn:
        return [tag("p", _NOTHING)]
    caption = (
        "The best score so far after so many trials, up and to the left is better. A line that "
        "still climbs at its end says that a longer search may find more."
    )
    return [tag("div", *drawn, class_="pictures"), tag("p", caption, class_="quiet")]


def _picture(what: str, group: Sequence[Outcome]) -> Markup:
    longest = max(cell.course[-1][0] for cell in group)
    scores = [score for cell in group for _, score in cell.course]
    axes = Axes((1, max(2, longest)), (min(scores), max(scores)))
    lines = [mark for place, cell in enumerate(group) for mark in _line(axes, cell, place)]
    key = [
        tag("li", _swatch(place), f"{cell.name}: {cell.course[-1][1]:.3f}")
        for place, cell in enumerate(group)
    ]
    told = f"Best score so far of {len(group)} searches; the best is {max(scores):.3f}"
    return tag(
        "figure",
        tag("figcaption", tag("b", what)),
        sheet(told, *axes.frame("trial", "{:.3f}".format), *lines),
        tag("ul", *key, class_="key"),
    )


def _line(axes: Axes, cell: Outcome, place: int) -> list[Markup]:
    """With a dot at its end: a search of one trial is nothing else."""
    x, y = axes.at(*cell.course[-1])
    end = tag("circle", class_=f"curve-{place % _COLOURS}", cx=x, cy=y, r=2.0)
    return [axes.line(_stairs(cell), _kind(place)), end]


def _stairs(cell: Outcome) -> list[tuple[float, float]]:
    """A rise is seen when its trial ends, not before."""
    points: list[tuple[float, float]] = []
    for trial, score in cell.course:
        if points:
            points.append((trial, points[-1][1]))
        points.append((trial, score))
    return points


def _kind(place: int) -> str:
    return f"curve-{place % _COLOURS} dash-{place // _COLOURS % _DASHES}"


def _swatch(place: int) -> Markup:
    line = tag("polyline", class_=_kind(place), points="0,5 28,5")
    return tag("svg", line, viewBox="0 0 28 10", aria_hidden="true")
