"""Guess before the sampler does: a person against many searches on a practice space."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hpolab.errors import ConfigError
from hpolab.parameters import spoken
from hpolab.practice import read_table
from hpolab.practice.contest import Run, accuracy, beaten, race, spread
from hpolab.search import SamplerSpec
from hpolab_widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.parameters import Params, Value

__all__ = ["Duel"]

_RANDOM = SamplerSpec.parse("random")
_LOW, _HIGH = 0.85, 1.0
"""Of the picture: what is worse has lost, however far below."""


class Duel(Panel, front="duel", uses=("paths",)):
    """A person picks a configuration, and only then sees what tpe has picked.

    The trainings were done long ago and are looked up (see hpolab.practice), so a round takes no
    time. tpe and random search take part with many seeds, so that it shows how much is luck.
    """

    watches = ()

    def __init__(
        self, space: str = "cnn", *, rounds: int = 10, seeds: int = 20, startup: int = 4
    ) -> None:
        """A duel.

        Args:
            space: A practice space.
            rounds: How many configurations each may try.
            seeds: How many searches of each sampler take part.
            startup: How many trials tpe draws at random before it learns; it must be fewer than
                by default, or it would not come to think before the end.

        Raises:
            ConfigError: There is no such space, or a number is not positive.
        """
        if min(rounds, seeds, startup) < 1:
            raise ConfigError("a duel needs one round, one search and one random trial at least.")
        self._table = read_table(space)
        self._rounds, self._seeds, self._startup = rounds, seeds, startup
        self._picks: list[Params] = []
        self._reached: list[float] = []
        self._rivals: dict[str, tuple[Run, ...]] = {}
        super().__init__()
        tpe = SamplerSpec.model_validate({"name": "tpe", "n_startup_trials": startup})
        table = self._table

        def search() -> dict[str, tuple[Run, ...]]:
            samplers = {"tpe": tpe, "random": _RANDOM}
            return {
                name: race(table, sampler, rounds=rounds, seeds=seeds)
                for name, sampler in samplers.items()
            }

        self.aside(f"{2 * seeds} searches run against you", search, self._let_in)

    def draw(self) -> dict[str, Any]:
        """What can be picked, what was picked, and where everybody is until now."""
        n = len(self._picks)
        return {
            "kind": "dare",
            "question": (
                f"Find a better network in {self._rounds} rounds than half of {self._seeds} tpe "
                "searches do."
            ),
            "fields": [
                {"name": name, "options": [spoken(value) for value in values]}
                for name, values in self._table.space.values.items()
            ],
            "rounds": self._rounds,
            "seeds": self._seeds,
            "startup": self._startup,
            "played": n,
            "rows": [self._row(index) for index in range(n)],
            "best": max(self._reached, default=None),
            "lines": self._lines(),
            "low": _LOW,
            "high": _HIGH,
            "verdict": self._verdict(),
        }

    def wish_pick(self, options: Any) -> None:
        """Try a configuration.

        Args:
            options: The index of the chosen value of each field, as a JSON text.

        Raises:
            ConfigError: These are no such indices, it was tried before, or all rounds are played.
        """
        if len(self._picks) >= self._rounds:
            raise ConfigError("all rounds are played; start again for another duel.")
        if not self._rivals:
            raise ConfigError("the others are still searching; try again in a second.")
        pick = self._read(options)
        if pick in self._picks:
            known = self._picks.index(pick)
            raise ConfigError(
                f"you tried this in round {known + 1}: {_percent(self._reached[known])}; "
                "change something."
            )
        self._picks.append(pick)
        self._reached.append(accuracy(self._table, pick))
        self.refresh()

    def wish_again(self) -> None:
        """Forget what was picked, and begin anew against the same searches."""
        self._picks, self._reached = [], []
        self.refresh()

    def _let_in(self, rivals: dict[str, tuple[Run, ...]]) -> None:
        self._rivals = rivals
        self.refresh()

    def _read(self, options: Any) -> Params:
        values = self._table.space.values
        try:
            chosen = json.loads(options) if isinstance(options, str) else None
        except ValueError:
            chosen = None
        if not isinstance(chosen, list) or len(chosen) != len(values):
            raise ConfigError(f"choose a value for each of {len(values)} hyperparameters.")
        return {name: _chosen(values[name], at) for name, at in zip(values, chosen, strict=True)}

    def _row(self, index: int) -> dict[str, Any]:
        """One round: yours, and that of the first tpe search beside it."""
        rival = self._rivals["tpe"][0]
        return {
            "yours": self._reached[index],
            "pick": _in_words(self._picks[index]),
            "theirs": rival.accuracies[index],
            "rival_pick": _in_words(rival.picks[index]),
            "is_random": index < self._startup,
        }

    def _lines(self) -> list[dict[str, Any]]:
        """Everybody's best so far, as far as was played; the others as spreads."""
        n = len(self._picks)
        if not n:
            return []
        mine = Run(tuple(self._picks), tuple(self._reached))
        lines = [{"name": "you", "middle": mine.best, "low": (), "high": ()}]
        for name, runs in self._rivals.items():
            told = spread(runs)
            lines.append(
                {
                    "name": name,
                    "middle": told.middle[:n],
                    "low": told.low[:n],
                    "high": told.high[:n],
                }
            )
        return lines

    def _verdict(self) -> dict[str, Any] | None:
        """How it ended; None before."""
        if len(self._picks) < self._rounds:
            return None
        best = max(self._reached)
        told = {name: _standing(best, runs, name) for name, runs in self._rivals.items()}
        won, drawn = beaten(best, self._rivals["tpe"])
        ends = sorted(run.best[-1] for run in self._rivals["random"])
        is_good = won + drawn / 2 > self._seeds / 2
        return {
            "tone": "good" if is_good else "warn",
            "words": f"{'Done' if is_good else 'Not yet'}: your best is {_percent(best)}. "
            f"{told['tpe']}; {told['random']}.",
            "why": f"Luck: {self._seeds} random searches, alike in everything but their seed, "
            f"ended between {_percent(ends[0])} and {_percent(ends[-1])}.",
        }


def _chosen(values: Sequence[Value], at: Any) -> Value:
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at < len(values):
        raise ConfigError(f"{at!r:.20} is not among the {len(values)} values.")
    return values[at]


def _in_words(params: Params) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {spoken(v)}" for name, v in params.items())


def _standing(best: float, runs: tuple[Run, ...], name: str) -> str:
    won, drawn = beaten(best, runs)
    equal = f" and equals {drawn}" if drawn else ""
    return f"that beats {won} of {len(runs)} {name} searches{equal}"


def _percent(accuracy: float) -> str:
    return f"{100 * accuracy:.1f} %"
