"""The study as columns: one number a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpolab.scoring import METRICS, ScoringWeights, health_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.study.table import Look, Network, Study

__all__ = ["GOOD", "SICK", "Columns", "Seen", "columns_of"]

SICK = 0.5
"""A run is sick that broke off, or ended with more wrong answers than right ones: no word of
health in that."""

GOOD = 0.9
"""A network is good from this validation accuracy on."""

Array = NDArray[np.float64]

_WORST_LOSS = 1e6


class Seen(NamedTuple):
    """What all networks showed at one time; each of shape (networks,), and low is suspicious.

    Attributes:
        accuracy: On the validation set.
        calm: The training loss with its sign turned, so that low is suspicious here, too.
        health: Under the default weights.
        metrics: By name; 0 where one was not defined.
    """

    accuracy: Array
    calm: Array
    health: Array
    metrics: dict[str, Array]


class Columns(NamedTuple):
    """The networks of a study, or some of them; everything of shape (networks,).

    Attributes:
        early, end: What was seen after a fifth of the epochs, and after the last one.
        parameters: How many are trained.
        is_sick: See SICK.
        shifted: Accuracy on changed test pictures, by kind and their "mean"; NaN where none.
        spread: Standard deviation of the validation accuracy over fresh seeds; NaN where there
            are none.
        gain: How much a sick network gains by the better one of two other learning rates:
            positive if that is a tenth of its own, negative if it is ten times as much; 0 where
            neither helps, NaN for networks that are not sick.
        activation: Its name.
    """

    early: Seen
    end: Seen
    parameters: Array
    is_sick: NDArray[np.bool_]
    shifted: dict[str, Array]
    spread: Array
    gain: Array
    activation: NDArray[np.str_]


def columns_of(study: Study) -> Columns:
    """The study's networks as columns."""
    from hpolab.study.table import SHIFTS

    networks = study.networks
    end = _seen(network.end for network in networks)
    is_lost = np.array([network.diverged for network in networks])
    kinds = {
        kind: np.array([(network.shifted or {}).get(kind, np.nan) for network in networks])
        for kind in SHIFTS
    }
    return Columns(
        early=_seen(network.early for network in networks),
        end=end,
        parameters=np.array([float(network.n_parameters) for network in networks]),
        is_sick=is_lost | (end.accuracy < SICK),
        shifted={**kinds, "mean": np.mean(list(kinds.values()), axis=0)},
        spread=np.array([_spread(network.again) for network in networks]),
        gain=np.array([_gain(network) for network in networks]),
        activation=np.array([str(network.params["activation"]) for network in networks]),
    )


def _seen(looks: Iterable[Look]) -> Seen:
    every = list(looks)
    metrics = np.array([[look.metrics.get(name, np.nan) for name in METRICS] for look in every])
    losses = [_WORST_LOSS if look.loss is None else look.loss for look in every]
    return Seen(
        accuracy=np.array([look.accuracy for look in every]),
        calm=-np.array(losses),
        health=np.nan_to_num(health_all(ScoringWeights(), metrics)),
        metrics=dict(zip(METRICS, np.nan_to_num(metrics).T, strict=True)),
    )


def _gain(network: Network) -> float:
    slower, faster = network.slower, network.faster
    if slower is None or faster is None:
        return np.nan
    gained = max(0.0, max(slower, faster) - network.end.accuracy)
    return gained if slower > faster else -gained


def _spread(accuracies: tuple[float, ...]) -> float:
    return float(np.std(accuracies, ddof=1)) if len(accuracies) > 1 else np.nan
