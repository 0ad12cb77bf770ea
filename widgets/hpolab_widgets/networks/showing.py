"""Which network a panel looks at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab.network import picture
from hpolab_widgets.networks.finding import (
    graph_of_file,
    graph_of_model,
    graph_of_trial,
    is_model,
    is_model_file,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.network import ArchitectureGraph, Picture
    from hpolab.sweep import Sweep

__all__ = ["Pictures", "Shown", "given", "neighbours", "of_trial"]

_MAX_NEIGHBOURS = 100
_MAX_PICTURES = 8


class Shown(NamedTuple):
    """A network.

    Attributes:
        title: What it is called.
        graph: What it is made of.
        trial: The trial that it is of, if it is of one.
    """

    title: str
    graph: ArchitectureGraph
    trial: int | None = None

    @property
    def summary(self) -> str:
        """Its size in words."""
        return (
            f"{len(self.graph.layers):,} layers, {self.graph.n_parameters:,} trainable parameters"
        )


class Pictures:
    """Networks laid out, each once for as long as the same blocks are open."""

    def __init__(self) -> None:
        self._laid_out: dict[tuple[int, frozenset[str]], tuple[object, Picture]] = {}

    def of(self, graph: ArchitectureGraph, unfolded: frozenset[str]) -> Picture:
        """The picture of a network with these blocks open."""
        key = (id(graph), unfolded)
        if key not in self._laid_out:
            while len(self._laid_out) >= _MAX_PICTURES:
                del self._laid_out[next(iter(self._laid_out))]
            # the graph is kept too, or another one might come to have its id
            self._laid_out[key] = (graph, picture(graph, unfolded))
        return self._laid_out[key][1]


def given(source: Any) -> Shown | None:
    """The network that a person has named by itself, None where a sweep is meant.

    Raises:
        ConfigError: The model has no graph to be seen.
        StoreError: The file cannot be read.
    """
    if is_model(source):
        return Shown(source.name, graph_of_model(source))
    if is_model_file(source):
        path = Path(source)
        return Shown(path.stem, graph_of_file(path))
    return None


def of_trial(sweep: Sweep, number: int) -> Shown:
    """The network of a trial.

    Raises:
        StoreError: None was written, or it cannot be read.
    """
    return Shown(f"Trial {number}", graph_of_trial(sweep, number), number)


def neighbours(trial: int | None, ranked: Sequence[int], chosen: int | None) -> list[list[str]]:
    """A menu of the trials that can stand beside one: numbers and labels, the best first.

    Args:
        trial: The one; None where the network is of no trial, and nothing stands beside it.
        ranked: Completed trials, the best first.
        chosen: The one that stands there now; None for none.
    """
    if trial is None:
        return []
    best = ranked[0] if ranked else None
    numbers = dict.fromkeys([*ranked[:_MAX_NEIGHBOURS], *([] if chosen is None else [chosen])])
    named = [
        [str(number), f"the best, trial {number}" if number == best else f"trial {number}"]
        for number in numbers
        if number != trial
    ]
    return [["-1", "none"], *named] if named else []
