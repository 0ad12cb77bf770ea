"""The first half of a report: the question, the answer, and why it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.reports import figures
from hpolab.reports.html import Markup, tag
from hpolab.reports.tables import section, table
from hpolab.reports.words import percent, plural, spoken, written
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from hpolab.reports.facts import Asked, Report
    from hpolab.reports.intervals import Interval
    from hpolab.reports.winner import Winner

__all__ = ["sections"]

_ENDINGS = {
    "new": "The search has not begun.",
    "running": "The search is still running; this is what is known so far.",
    "paused": "The search is paused; this is what is known so far.",
    "interrupted": "The search broke off and was not continued; this is how far it came.",
    "stopped": "The search was stopped before its end.",
    "failed": "The search failed.",
}


def sections(report: Report) -> list[Markup]:
    """Heading, question, answer, configuration, health."""
    winner = report.winner
    head = [
        tag("h1", f"Report: {report.name}"),
        tag("p", _when(report), class_="quiet"),
        *_ending(report),
        section("The question", tag("p", _question(report))),
    ]
    if winner is None:
        nobody = "No trial was completed, so there is no answer; what happened is below."
        return [*head, section("The answer", tag("p", nobody))]
    return [*head, _answer(winner), _configuration(winner), *_health(winner)]


def _when(report: Report) -> str:
    if report.began is None or report.told is None:
        return ""
    return f"{report.began:%Y-%m-%d %H:%M} to {report.told:%Y-%m-%d %H:%M} UTC"


def _ending(report: Report) -> list[Markup]:
    ending = _ENDINGS.get(report.state)
    if ending is None:
        return []
    has_reason = report.reason and report.state in {"stopped", "failed"}
    why = f" The reason: {report.reason}." if has_reason else ""
    return [tag("p", ending + why, class_="warn")]


def _question(report: Report) -> str:
    asked = report.asked
    networks = f"{asked.model.upper()}s" if asked.model.isalpha() else "networks"
    varied = (
        f" {plural(len(asked.hyperparameters), 'hyperparameter')} were varied: "
        f"{', '.join(map(spoken, asked.hyperparameters))}."
        if asked.hyperparameters
        else ""
    )
    return (
        f"Which of many {networks} does best on {report.data.name}, when each may train "
        f"{plural(asked.epochs, 'epoch')}? {_best_means(asked)}{varied}"
    )


def _best_means(asked: Asked) -> str:
    weights = asked.weights
    if weights.health == 0:
        return "Best means the highest accuracy on validation data."
    parts = ", ".join(
        f"{spoken(name)} {percent(weights.proportions[name], digits=0)}"
        for name in METRICS
        if weights.proportions[name]
    )
    return (
        f"Best means the highest score: {percent(weights.accuracy, digits=0)} accuracy on "
        f"validation data and {percent(weights.health, digits=0)} health of the training "
        f"({parts})."
    )


def _answer(winner: Winner) -> Markup:
    over = f", mean of {winner.seeds} fresh seeds" if winner.seeds else ""
    numbers = [
        _number(percent(winner.accuracy), f"validation accuracy{over}", winner.interval),
    ]
    if winner.test_accuracy is not None:
        numbers.append(
            _number(
                percent(winner.test_accuracy),
                "test accuracy of this trial, measured once; nothing was chosen by it",
                winner.test_interval,
            )
        )
    if winner.health is not None:
        numbers.append(_number(f"{winner.health:.2f}", "health, from 0 to 1", None))
    return section(
        "The answer",
        tag("p", f"Trial {winner.trial} came first with a score of {winner.score:.3f}."),
        tag("div", *numbers, class_="answer"),
        tag("p", winner.caution),
        *(tag("p", sentence) for sentence in winner.confirmed),
    )


def _number(value: str, what: str, interval: Interval | None) -> Markup:
    between = (
        tag(
            "span",
            f"95\N{NO-BREAK SPACE}% interval {percent(interval.low)} to {percent(interval.high)}",
        )
        if interval
        else None
    )
    return tag("div", tag("b", value), tag("span", what), between, class_="number")


def _configuration(winner: Winner) -> Markup:
    rows = [[spoken(name), written(value)] for name, value in winner.params.items()]
    if winner.n_parameters is not None:
        rows.append(["weights to be learned", f"{winner.n_parameters:,}"])
    return section(
        "The best configuration",
        table(("hyperparameter", "value"), rows),
        *_learning(winner),
    )


def _learning(winner: Winner) -> list[Markup]:
    if len(winner.epochs) < 2:
        return []
    caption = tag(
        "figcaption",
        "How it learned: accuracy on ",
        tag("span", "validation data (solid)", class_="key-main"),
        " and on ",
        tag("span", "what it learned from (dashed)", class_="key-other"),
        ".",
    )
    return [tag("figure", figures.learning(winner.epochs), caption)]


def _health(winner: Winner) -> list[Markup]:
    if not winner.examined:
        return []
    rows = [
        [
            each.name,
            f"{each.value:.2f}",
            " ".join(part for part in (each.evidence or each.meaning, each.advice) if part),
        ]
        for each in winner.examined
    ]
    worst = min(winner.examined, key=lambda each: each.value)
    said = (
        f"Signs of a sound training, each from 0 to 1. The weakest is {worst.name} with "
        f"{worst.value:.2f} ({worst.meaning[:1].lower()}{worst.meaning[1:].rstrip('.')}). "
        "Health finds sick training and wasted weights; it does not foretell how the network "
        "does on noisy or shifted data."
    )
    return [
        section("Is it well?", tag("p", said), table(("sign", "value", "seen"), rows, numbers={1}))
    ]
