"""A race as its panel draws it: numbers as JSON, in no more digits than a picture shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.evolution import ALGORITHMS
from hpolab.race.outcomes import curves, paired_scores, table
from hpolab.race.significance import judge
from hpolab.rounding import rounded

if TYPE_CHECKING:
    from hpolab.race import RaceConfig
    from hpolab.race.record import HeatRecord, RaceRecord

__all__ = ["TONES", "shown", "tone"]

TONES = (
    "accuracy",
    "neuron-utilisation",
    "training-stability",
    "accuracy-consistency",
    "convergence-quality",
    "gradient-health",
    "parameter-efficiency",
)
"""Colours of the palette, one for each algorithm, in the order of ALGORITHMS."""

_DIGITS = 4


def tone(algorithm: str) -> str:
    """The colour of an algorithm, the same in every race."""
    names = list(ALGORITHMS)
    place = names.index(algorithm) if algorithm in names else len(names)
    return TONES[place % len(TONES)]


def shown(record: RaceRecord, *, name: str, state: str) -> dict[str, Any]:
    """All but the scenes.

    Args:
        record: What the journal says.
        name: Of the race.
        state: As ``Race.state`` says it.
    """
    config = record.config
    assert config is not None  # its first line was read
    places = {each.name: number for number, each in enumerate(config.contenders)}
    tones = {each.name: tone(each.algorithm) for each in config.contenders}
    told = {
        "name": name,
        "state": state,
        "reason": record.reason,
        "notes": record.notes[-3:],
        "subject": config.subject,
        "budget": config.budget,
        "goal": config.goal,
        "is_known": config.is_known,
        "is_maximised": bool(config.fitness and config.fitness.direction == "maximize"),
        "done": sum(each.ended is not None for each in record.runs),
        "runs": len(record.runs),
        "curves": [
            {
                "name": each.name,
                "tone": tones[each.name],
                "at": each.evaluations,
                "low": _values(config, each.low),
                "middle": _values(config, each.middle),
                "high": _values(config, each.high),
            }
            for each in curves(record)
        ],
        "rows": [
            {
                **each._asdict(),
                "tone": tones[each.name],
                "label": ALGORITHMS[config.contenders[places[each.name]].algorithm].label,
                "low": _value(config, each.low),
                "median": _value(config, each.median),
                "high": _value(config, each.high),
                "fates": _fates(record, places[each.name]),
            }
            for each in table(record)
        ],
        # while it runs nobody reads it, and a look is due several times a second
        "verdict": "" if state == "running" else judge(list(places), paired_scores(record)).words,
    }
    return dict(rounded(told, digits=_DIGITS))


def _values(config: RaceConfig, errors: tuple[float, ...]) -> list[float]:
    return [config.shown(error) for error in errors]


def _value(config: RaceConfig, error: float | None) -> float | None:
    return None if error is None else config.shown(error)


def _fates(record: RaceRecord, contender: int) -> list[str]:
    """What became of each run, in the order of seeds."""
    return [_fate(each) for each in record.runs if each.heat.contender == contender]


def _fate(each: HeatRecord) -> str:
    if each.state != "completed":
        return each.state
    return "reached the target" if each.reached is not None else "done"
