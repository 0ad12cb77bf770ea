"""Three questions on good networks: their price, their luck with seeds, and changed pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpolab.study.answers import RANKS, Finding, does, interval, percent, spoken
from hpolab.study.columns import GOOD
from hpolab.study.resampling import measure, partial_rank_correlation, rank_correlation

if TYPE_CHECKING:
    from hpolab.study.columns import Columns

__all__ = ["price", "seeds", "shift"]


def price(all_: Columns) -> Finding:
    """Among good networks of equal accuracy: does health know which one is smaller?"""
    good, end = all_.end.accuracy >= GOOD, all_.end
    small, accuracy = -all_.parameters[good], end.accuracy[good]
    told = {"health": end.health, "parameter efficiency": end.metrics["parameter_efficiency"]}
    health, efficiency = (
        measure(
            f"{name}, at equal accuracy",
            partial_rank_correlation,
            values[good], small, accuracy,
        )
        for name, values in told.items()
    )  # fmt: skip
    alone = measure("validation accuracy", rank_correlation, accuracy, small)
    words = {1: "knows it, too", 0: "does not show it clearly", -1: "has it the wrong way round"}
    answer = (
        f"Parameter efficiency does ({efficiency.value:+.2f}): it counts them, that is how it is "
        f"made. Health as a whole {words[health.side]} ({interval(health)}). Validation accuracy "
        f"alone says nothing of it ({interval(alone)})."
        if alone.side == 0
        else f"Parameter efficiency does ({efficiency.value:+.2f}): it counts them, that is how "
        f"it is made. Health as a whole {words[health.side]} ({interval(health)})."
    )
    return Finding(
        "price",
        f"Does health know the price of a good network (accuracy from {percent(GOOD)} on), its "
        "number of weights?",
        f"{RANKS} The smallest network is first.",
        (health, efficiency, alone),
        answer,
        {1: "good", 0: "warn", -1: "bad"}[health.side],
    )


def seeds(all_: Columns) -> Finding:
    """Health of one run against the standard deviation of other runs of the same network."""
    known, end = np.isfinite(all_.spread), all_.end
    told = {
        "health": end.health,
        "validation accuracy": end.accuracy,
        "accuracy consistency": end.metrics["accuracy_consistency"],
        "training stability": end.metrics["training_stability"],
    }
    rows = {"good ones": known & (end.accuracy >= GOOD), "all repeated": known}
    measures = [
        measure(f"{name}, {which}", rank_correlation, values[chosen], -all_.spread[chosen])
        for which, chosen in rows.items()
        for name, values in told.items()
    ]
    health, accuracy = measures[:2]
    answer = (
        f"Among the {health.n} good ones health {does(health)} ({interval(health)}), and "
        f"validation accuracy {does(accuracy)} ({interval(accuracy)}). So few networks would "
        "show a strong relation only. Who wants to know the spread trains again."
    )
    return Finding(
        "seeds",
        "Does the health of one run foretell how steady a network is over other seeds?",
        f"{RANKS} The steadiest network is first.",
        tuple(measures),
        answer,
        "good" if health.side > 0 else "bad",
    )


def shift(all_: Columns) -> Finding:
    """Health and accuracy against the accuracy on noisy, moved and turned test pictures."""
    mean, end = all_.shifted["mean"], all_.end
    known = np.isfinite(mean)
    rows = {"good ones": known & (end.accuracy >= GOOD), "all": known}
    told = {"health": end.health, "validation accuracy": end.accuracy}
    measures = [
        measure(f"{name}, {which}", rank_correlation, values[chosen], mean[chosen])
        for which, chosen in rows.items()
        for name, values in told.items()
    ]
    good = rows["good ones"]
    each = [
        measure(f"{spoken(name)}, good ones", rank_correlation, values[good], mean[good])
        for name, values in end.metrics.items()
    ]
    more = measure(
        "health minus accuracy, good ones",
        lambda h, a, m: rank_correlation(h, m) - rank_correlation(a, m),
        end.health[good], end.accuracy[good], mean[good],
    )  # fmt: skip
    health, accuracy = measures[:2]
    answer = (
        f"No promise can be made. Among the {health.n} good networks health {does(health)} "
        f"({interval(health)}), and validation accuracy {does(accuracy)} ({interval(accuracy)}). "
        "Over all networks both order them, because both tell sick networks from well ones."
    )
    return Finding(
        "shift",
        "Does health foretell who still reads digits that are noisy, moved or turned?",
        f"{RANKS} Who reads most of them is first.",
        (*measures[:2], more, *measures[2:], *each),
        answer,
        "good" if more.side > 0 else "bad",
    )
