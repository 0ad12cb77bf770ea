"""The summary of a batch as a notebook shows it: a table of all cells, and how they searched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from hpolab import page
from hpolab.batch.curves import curves
from hpolab.reports.html import Markup, tag
from hpolab.reports.tables import table
from hpolab.reports.words import percent, plural, spoken, took

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hpolab.batch.outcomes import Outcome, Summary
    from hpolab.reports.intervals import Interval

__all__ = ["ShownCurves", "ShownSummary"]

_COLUMNS = {"dataset", "sampler", "seed", "weights", "weights.accuracy", "mode"}
"""Settings that have a column, as they are called in a matrix."""

_UNKNOWN = "\N{EN DASH}"


class ShownSummary:
    """All cells as a table, and what did not finish; the value of a notebook's cell."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary

    def __repr__(self) -> str:
        """What a log shows of it."""
        return f"<summary of {self._summary.name}, {_standing(self._summary)}>"

    def _repr_html_(self) -> str:
        cells = self._summary.cells
        parts = [
            tag("p", _standing(self._summary)),
            _results(cells),
            *(tag("p", text, class_="quiet") for text in _how_to_read(cells)),
            *_troubles(cells),
        ]
        return _styled(*parts)


class ShownCurves:
    """The best score so far against trials, a picture for each data set."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary

    def __repr__(self) -> str:
        """What a log shows of it."""
        return f"<searches of {self._summary.name}>"

    def _repr_html_(self) -> str:
        return _styled(*curves(self._summary.cells))


def _standing(summary: Summary) -> str:
    cells = summary.cells
    done = sum(cell.state == "finished" for cell in cells)
    seconds = sum(cell.seconds for cell in cells)
    trials = sum(cell.trials for cell in cells)
    return (
        f"{done} of {plural(len(cells), 'sweep')} finished; {plural(trials, 'trial')} in "
        f"{took(seconds)} of searching, {plural(summary.parallel, 'sweep')} at a time. "
        f"Written {summary.told_utc:%Y-%m-%d %H:%M} UTC."
    )


def _results(cells: Sequence[Outcome]) -> Markup:
    """By data set, the best first: scores on different data do not compare."""
    order = sorted(cells, key=lambda cell: (cell.dataset, -_score(cell)))
    others = any(_others(cell) for cell in cells)
    heads = [
        "sweep",
        "data",
        "sampler",
        "weights",
        "seed",
        *(["other settings"] if others else []),
    ]
    heads += ["best score", "test accuracy", "trials", "failed", "took"]
    first = len(heads) - 5
    rows = [
        [
            _link(cell),
            cell.dataset,
            cell.sampler,
            _weights(cell),
            str(cell.seed),
            *([_others(cell)] if others else []),
            *_numbers(cell),
            str(cell.trials),
            str(cell.failures),
            took(cell.seconds),
        ]
        for cell in order
    ]
    return table(heads, rows, numbers=set(range(first, first + 5)))


def _score(cell: Outcome) -> float:
    return cell.best.score if cell.best else -1.0


def _link(cell: Outcome) -> Markup:
    """To the executed notebook, and to the same report as a page."""
    if cell.state == "not started":
        return tag("span", cell.name)
    base = f"cells/{quote(cell.name)}"
    return tag(
        "span",
        tag("a", cell.name, href=f"{base}.ipynb"),
        " (",
        tag("a", "report", href=f"{base}.html"),
        ")",
    )


def _weights(cell: Outcome) -> str:
    if cell.mode == "simple":
        return "accuracy alone"
    return f"{percent(cell.weight_accuracy, digits=0)} accuracy"


def _others(cell: Outcome) -> str:
    return ", ".join(
        f"{spoken(key.rpartition('.')[2])} {_written(value)}"
        for key, value in cell.settings.items()
        if key.partition(".")[0] not in _COLUMNS or ("." in key and key not in _COLUMNS)
    )


def _written(value: object) -> str:
    """As YAML would, without its brackets.

    >>> _written({"name": "mnist", "filters": [4, 8]})
    'name mnist, filters 4, 8'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{spoken(str(key))} {_written(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_written, value))
    return str(value)


def _numbers(cell: Outcome) -> list[Markup]:
    best = cell.best
    if best is None:
        return [tag("span", cell.state), tag("span", _UNKNOWN)]
    note = "" if cell.state == "finished" else f" ({cell.state})"
    score = _with_interval(f"{best.score:.3f}{note}", _ends(best.score_interval, "{:.3f}".format))
    if best.test_accuracy is None:
        return [score, tag("span", _UNKNOWN)]
    return [score, _with_interval(percent(best.test_accuracy), _ends(best.test_interval, percent))]


def _ends(interval: Interval | None, written: Callable[[float], str]) -> str:
    return f"{written(interval.low)} to {written(interval.high)}" if interval else ""


def _with_interval(value: str, ends: str) -> Markup:
    return tag("span", tag("b", value), tag("span", ends, class_="ends") if ends else None)


def _how_to_read(cells: Sequence[Outcome]) -> list[str]:
    told = [
        "Below a number is its 95\N{NO-BREAK SPACE}% interval, as far as the choice of the "
        "examples goes; health is taken as it was measured. The score of a search's winner is "
        "flattered by having been chosen, its test accuracy is not."
    ]
    if len({(cell.mode, cell.weight_accuracy) for cell in cells}) > 1:
        told.append(
            "Scores under different weights are different measures: compare them with the same "
            "weights only, and test accuracies with any."
        )
    if any(len(group) > 1 for group in _by_seed(cells).values()):
        told.append(
            "Rows that differ in the seed alone show how much is luck: a difference between "
            "samplers that is smaller is none."
        )
    return told


def _by_seed(cells: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for cell in cells:
        rest = {key: value for key, value in cell.settings.items() if key != "seed"}
        groups.setdefault(repr(sorted(rest.items())), []).append(cell)
    return groups


def _troubles(cells: Sequence[Outcome]) -> list[Markup]:
    unfinished = [cell for cell in cells if cell.state != "finished"]
    if not unfinished:
        return []
    rows = [[cell.name, cell.state, cell.reason] for cell in unfinished]
    return [
        tag("h2", "What did not finish, and why"),
        table(("sweep", "state", "reason"), rows),
        tag("p", "The same command goes on with these, and trains nothing twice."),
    ]


def _styled(*parts: Markup) -> str:
    content = tag("article", *parts, class_="hpo-report hpo-batch")
    return f"<style>{_style()}</style>\n{content}\n"


@lru_cache
def _style() -> str:
    own = [
        files("hpolab.reports").joinpath("static", "report.css").read_text(encoding="utf-8"),
        files("hpolab.batch").joinpath("static", "batch.css").read_text(encoding="utf-8"),
    ]
    return "\n".join((page.variables(), *own))
