"""The few pictures of a report, as SVG that its style sheet colours, on paper too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.reports.html import Markup, tag
from hpolab.reports.words import STATES, percent, took

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hpolab.reports.facts import Scored
    from hpolab.trial import EpochRecord

__all__ = ["Axes", "bar", "learning", "progress", "sheet", "where_time_went"]

_WIDTH, _HEIGHT = 480, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 470, 14, 188


class Axes:
    """A plane with a scale on either side; (x, y) to the points of the sheet."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x, self.y = _wide(x), _wide(y)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The point of the sheet."""
        along = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return _LEFT + along * (_RIGHT - _LEFT), _BOTTOM - up * (_BOTTOM - _TOP)

    def frame(self, x_name: str, written: Callable[[float], str]) -> list[Markup]:
        """Lines at the ends and in the middle, with their values, and the ends of x."""
        low, high = self.y
        marks = []
        for value in (low, (low + high) / 2, high):
            _, y = self.at(self.x[0], value)
            marks.append(tag("line", class_="grid", x1=_LEFT, x2=_RIGHT, y1=y, y2=y))
            marks.append(tag("text", written(value), x=_LEFT - 6, y=y + 4, text_anchor="end"))
        for value, anchor in ((self.x[0], "start"), (self.x[1], "end")):
            x, _ = self.at(value, low)
            marks.append(tag("text", f"{value:g}", x=x, y=_BOTTOM + 18, text_anchor=anchor))
        middle = (_LEFT + _RIGHT) / 2
        marks.append(tag("text", x_name, x=middle, y=_BOTTOM + 36, text_anchor="middle"))
        return marks

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> Markup:
        """A line through points of the plane, in the style of its kind."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in points))
        return tag("polyline", class_=kind, points=path)


def progress(scored: Sequence[Scored]) -> Markup:
    """The score of every completed trial, and the best so far as a staircase."""
    scores = [each.score for each in scored]
    axes = Axes((scored[0].trial, scored[-1].trial), (min(scores), max(scores)))
    best, stairs = scores[0], []
    for each in scored:
        stairs += [(each.trial, best), (each.trial, best := max(best, each.score))]
    dots = []
    for each in scored:
        x, y = axes.at(each.trial, each.score)
        title = tag("title", f"trial {each.trial}: {each.score:.3f}")
        dots.append(tag("circle", title, class_="dot", cx=x, cy=y, r=4.0))
    what = f"Score of {len(scored)} completed trials; the best is {max(scores):.3f}"
    return sheet(what, *axes.frame("trial", "{:.3f}".format), axes.line(stairs, "main"), *dots)


def learning(epochs: Sequence[EpochRecord]) -> Markup:
    """Accuracy after each epoch, on the examples that were learned from and on others."""
    values = [v for epoch in epochs for v in (epoch.train_accuracy, epoch.val_accuracy)]
    axes = Axes((epochs[0].epoch, epochs[-1].epoch), (min(values), max(values)))
    what = f"Accuracy over {len(epochs)} epochs; on validation data at last {percent(values[-1])}"
    return sheet(
        what,
        *axes.frame("epoch", lambda value: percent(value, digits=0)),
        axes.line([(e.epoch, e.train_accuracy) for e in epochs], "other"),
        axes.line([(e.epoch, e.val_accuracy) for e in epochs], "main"),
    )


def bar(share: float, *, is_sure: bool) -> Markup:
    """A share in [0, 1] as a bar."""
    return tag(
        "svg",
        tag("rect", class_="ground", width=100.0, height=10.0),
        tag("rect", class_="sure" if is_sure else "unsure", width=100 * share, height=10.0),
        viewBox="0 0 100 10",
        class_="bar",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def where_time_went(spent: Mapping[str, float]) -> Markup:
    """The time of the workers, one stretch for each fate of a trial."""
    total, at, parts = sum(spent.values()), 0.0, []
    for state, seconds in spent.items():
        width = 100 * seconds / total
        title = tag("title", f"{STATES[state]}: {took(seconds)}")
        parts.append(tag("rect", title, class_=state, x=at, width=width, height=10.0))
        at += width
    return tag(
        "svg",
        *parts,
        viewBox="0 0 100 10",
        class_="bar",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def sheet(what: str, *marks: Markup) -> Markup:
    """A picture of the usual size; ``what`` says it to those who do not see it."""
    return tag(
        "svg",
        tag("title", what),
        *marks,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="figure",
        role="img",
    )


def _wide(ends: tuple[float, float]) -> tuple[float, float]:
    """With some distance between the ends, so that there is a scale."""
    low, high = ends
    return (low, high) if high > low else (low - 0.5, low + 0.5)
