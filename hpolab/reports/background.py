"""The second half of a report: what mattered, what failed, what it cost, how to repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.reports import figures
from hpolab.reports.html import Markup, tag
from hpolab.reports.tables import section, table
from hpolab.reports.words import STATES, listed, percent, plural, spoken, took

if TYPE_CHECKING:
    from hpolab.reports.data import Data
    from hpolab.reports.facts import Report, Spent
    from hpolab.reports.repeating import Repetition
    from hpolab.reports.troubles import Trouble

__all__ = ["sections"]

_ROWS = 8
_SPLITS = ("train", "validation", "test")
_WHY = {
    "failed": "These trials broke off.",
    "cancelled": "These trials were ended by hand or by a limit.",
    "pruned": "These trials were stopped early because others had done better by then; that "
    "saves time and is no fault.",
}


def sections(report: Report) -> list[Markup]:
    """What mattered, troubles, data, budget and cost, notes, repetition."""
    return [
        *_search(report),
        _mattered(report),
        _troubles(report.troubles),
        _data(report.data),
        _cost(report.spent),
        *_notes(report.notes),
        _repetition(report.repetition),
    ]


def _search(report: Report) -> list[Markup]:
    if len(report.scored) < 2:
        return []
    caption = (
        "Every dot is a completed trial, in the order in which they were sampled; the line is the "
        "best score so far. A line that still climbs at its end says that a longer search may "
        "find more."
    )
    drawn = tag("figure", figures.progress(report.scored), tag("figcaption", caption))
    return [section("How the search went", drawn)]


def _mattered(report: Report) -> Markup:
    found = report.mattered
    rows = sorted(
        zip(found.names, found.shares.tolist(), found.is_sure.tolist(), strict=True),
        key=lambda row: -row[1],
    )[:_ROWS]
    shown = [row for row in rows if row[1] > 0]
    if not shown:
        few = "The completed trials are too few, or too alike, to tell what mattered."
        return section("What mattered", tag("p", few))
    sure = [spoken(name) for name, _, is_sure in rows if is_sure]
    if not found.is_enough:
        said = (
            f"Too few to believe: {plural(found.trials, 'completed trial')}, and it takes "
            f"{found.needed} for so many hyperparameters. Read these shares as a hint at most."
        )
    elif sure:
        said = f"More than chance: {', '.join(sure)}. The others may be nothing but chance."
    else:
        said = "None of these shares is more than chance would give."
    cells = [
        [spoken(name), figures.bar(share, is_sure=is_sure), percent(share, digits=0)]
        for name, share, is_sure in shown
    ]
    heads = ("hyperparameter", "share of the spread of scores that goes with it", "")
    return section("What mattered", tag("p", said), table(heads, cells, numbers={2}))


def _troubles(found: tuple[Trouble, ...]) -> Markup:
    if not found:
        return section("What failed", tag("p", "Nothing: every trial that ended was completed."))
    parts: list[Markup] = []
    for state in dict.fromkeys(each.state for each in found):
        rows = [
            [_first_upper(each.reason) + _in_common(each), listed(each.trials), took(each.seconds)]
            for each in found
            if each.state == state
        ]
        parts += [
            tag("p", tag("b", _first_upper(STATES[state])), f": {_WHY[state]}"),
            table(("reason", "trials", "took"), rows, numbers={1, 2}),
        ]
    return section("What failed, what was stopped, and why", *parts)


def _in_common(trouble: Trouble) -> str:
    if not trouble.shared:
        return ""
    return f" They share what no completed trial has: {', '.join(map(spoken, trouble.shared))}."


def _data(data: Data) -> Markup:
    asked = f"validation {percent(data.validation, digits=0)}, test {percent(data.test, digits=0)}"
    rows = [["name", data.name]]
    rows += [
        [f"{name} examples", f"{data.examples[name]:,}"]
        for name in _SPLITS
        if name in data.examples
    ]
    rows.append(["shares asked for", f"{asked}, where the data come without a test part"])
    if data.limit is not None:
        rows.append(["limited to", plural(data.limit, "example")])
    if data.classes:
        names = ", ".join(data.classes[:12]) + (", …" if len(data.classes) > 12 else "")
        rows.append([plural(len(data.classes), "class").replace("classs", "classes"), names])
    rows.append(["fingerprint", data.fingerprint or "not known"])
    said = (
        "Networks learn from training examples and are compared on validation examples. Test "
        "examples were looked at once for each completed trial and steered nothing."
    )
    return section("The data", tag("p", said), table(("what", "which"), rows))


def _cost(spent: Spent) -> Markup:
    costs, budget = spent.costs, spent.budget
    limits = [
        plural(budget.trials, "trial") if budget.trials is not None else "",
        took(budget.seconds) if budget.seconds is not None else "",
        plural(budget.epochs, "epoch") if budget.epochs is not None else "",
        f"{budget.money:g} of money" if budget.money is not None else "",
    ]
    fates = ", ".join(f"{spent.fates[s]} {word}" for s, word in STATES.items() if s in spent.fates)
    rows = [
        ["budget", ", ".join(limit for limit in limits if limit)],
        ["trials", fates or "none"],
        ["epochs trained", f"{spent.epochs:,}"],
        ["time on the clock, pauses left out", took(spent.seconds)],
        ["time of all workers together", took(costs.total)],
    ]
    if spent.money:
        rows.append(["billed for remote workers", f"{spent.money:.4g}"])
    if spent.slots is not None:
        rows.append(["trials that trained at once", str(spent.slots)])
    if costs.pruned:
        rows.append(["saved by stopping early (estimate)", took(costs.saved_by_pruning)])
    if costs.reused:
        rows.append(["saved by training equal ones once", took(costs.saved_by_reuse)])
    drawn = _time(spent) if costs.total > 0 else None
    return section("Budget and cost", table(("what", "how much"), rows), drawn)


def _time(spent: Spent) -> Markup:
    took_each = spent.costs.spent
    words = ", ".join(f"{STATES[state]} {took(took_each[state])}" for state in took_each)
    caption = tag("figcaption", f"Where the time of the workers went, from the left: {words}.")
    return tag("figure", figures.where_time_went(took_each), caption)


def _notes(notes: tuple[str, ...]) -> list[Markup]:
    if not notes:
        return []
    return [section("Notes", tag("ul", *(tag("li", note) for note in notes)))]


def _repetition(told: Repetition) -> Markup:
    versions = ", ".join(f"{name} {version}" for name, version in told.versions.items())
    return section(
        "How to repeat it",
        tag("p", f"Save the config below as {told.file}, then:"),
        tag("pre", told.command),
        tag("p", f"Seed {told.seed}, of the search and of every training."),
        tag("p", f"It ran on {versions}.") if versions else None,
        tag("ul", *(tag("li", caveat) for caveat in told.caveats)) if told.caveats else None,
        tag("details", tag("summary", told.file), tag("pre", told.config), open="open"),
    )


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
