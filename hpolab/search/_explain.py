"""Going through a sweep's story once more, and listening to the sampler while it thinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from optuna.samplers import RandomSampler

from hpolab.errors import HpolabError
from hpolab.events import TrialEnded, TrialInherited, TrialStarted
from hpolab.search._axis import Axis
from hpolab.search._seam import calling_optuna
from hpolab.search._study import Search
from hpolab.search._tpe import QuickTpe
from hpolab.search.configurations import configuration_key
from hpolab.search.explain import (
    Density,
    Explanation,
    Origin,
    Sights,
    near_values,
    ratio_in_words,
    why,
)
from hpolab.search.options import Tpe

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from hpolab.events import Event
    from hpolab.search._tpe import Thought
    from hpolab.search.options import PrunerSpec, SamplerSpec
    from hpolab.space import Params, SearchSpace

    Array = npt.NDArray[np.float64]

__all__ = ["Explainer"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One proposal, and what the sampler went by.

    ``is_again`` says whether it was the same when it was asked for again.
    """

    params: Params
    origin: Origin
    n_ended: int = 0
    thoughts: tuple[Thought, ...] = ()
    is_again: bool = True


class Explainer:
    """Says of each trial of a search why the sampler proposed it.

    The story is told to a search of its own, which is asked for every trial again and must give
    the same answer; the densities are those that its sampler computed on the way. Where another
    machine or version gave another answer, the record counts, and that is said.

    Args:
        space, sampler, pruner, seed, epochs: Of the search that is explained; see ``Search``.

    Raises:
        ConfigError: There is no such search.
    """

    def __init__(
        self,
        space: SearchSpace,
        *,
        sampler: SamplerSpec,
        pruner: PrunerSpec,
        seed: int,
        epochs: int,
    ) -> None:
        self._space, self._spec, self._seed = space, sampler, seed
        self._search = Search(space, sampler=sampler, pruner=pruner, seed=seed, epochs=epochs)
        self._known: dict[int, _Asked] = {}
        self._n_ended = 0

    def __len__(self) -> int:
        """How many trials are known."""
        return len(self._known)

    def take_in(self, events: Iterable[Event]) -> None:
        """Hear more of the story, in its order.

        Raises:
            HpolabError: The events do not tell a story.
        """
        for event in events:
            if isinstance(event, TrialStarted):
                self._known[event.trial] = self._listen(event.trial, event.params)
                continue
            self._search.replay([event])
            if isinstance(event, TrialInherited):
                self._known[event.trial] = _Asked(dict(event.params), "inherited")
            fate = event.ended if isinstance(event, TrialInherited) else event
            if isinstance(fate, TrialEnded) and fate.state in ("completed", "pruned"):
                self._n_ended += 1

    def explain(self, number: int) -> Explanation:
        """How this trial came about.

        Raises:
            HpolabError: The story has no such trial so far.
        """
        if number not in self._known:
            raise HpolabError(f"trial {number} has not been proposed; there are {len(self)}.")
        asked = self._known[number]
        with calling_optuna(f"explaining trial {number}"):
            densities = {
                name: _density(asked, thought, name, Axis(self._space[name], thought.space[name]))
                for thought in asked.thoughts
                for name in thought.space
            }
        return Explanation(
            number=number,
            params=asked.params,
            origin=asked.origin,
            words=self._words(asked),
            densities={name: densities[name] for name in self._space if name in densities},
        )

    def _listen(self, number: int, params: Params) -> _Asked:
        """Ask for the trial again, and keep what the sampler thought."""
        search, n_ended = self._search, self._n_ended
        if not isinstance(self._spec.options, Tpe):
            search.restore(number, params)
            return _Asked(params, "unknown")
        before = search._study.sampler
        proposed = search.ask(number)
        is_again = configuration_key(proposed) == configuration_key(params)
        if not is_again:
            search._replace_last(params)
        sampler = search._study.sampler  # made anew for every trial that is not the start
        if sampler is before:
            return _Asked(params, "start", n_ended, (), is_again)
        if isinstance(sampler, QuickTpe) and sampler.thoughts:
            return _Asked(params, "model", n_ended, tuple(sampler.thoughts), is_again)
        is_explored = isinstance(sampler, RandomSampler)
        return _Asked(params, "explored" if is_explored else "random", n_ended, (), is_again)

    def _words(self, asked: _Asked) -> str:
        options = self._spec.options
        if asked.origin == "inherited":
            return "It was trained by the sweep that this one follows."
        if not isinstance(options, Tpe):
            return (
                f"The sampler {self._spec.name} keeps no densities of good trials and others; "
                "only tpe does."
            )
        if asked.origin == "start":
            return "The space says where to begin: nothing had been seen yet."
        if asked.origin == "explored":
            return "Drawn at random: this share of the trials was to explore."
        if asked.origin == "random":
            return (
                f"Drawn at random: the first {options.n_startup_trials} are, so that there is "
                f"something to learn from. So far {_trials(asked.n_ended)} had ended."
            )
        return _choice_in_words(asked, options)


def _choice_in_words(asked: _Asked, options: Tpe) -> str:
    """How the winner of the candidates was found."""
    first = asked.thoughts[0]
    n_good, n_other = (len(next(iter(half.values()))) for half in first.seen)
    halves = f"tpe calls {_trials(n_good)} good and {n_other} not."
    if not asked.is_again:
        return f"{halves} Asked again, it chose another configuration; the record counts."
    if len(first.space) == 1:
        return (
            f"{halves} For each hyperparameter it drew {options.n_candidates} candidates where "
            "good ones are dense, and took the one where good / other is highest."
        )
    ratio = ratio_in_words(float(np.exp(first.gain.max())))
    return (
        f"{halves} It drew {options.n_candidates} candidates where good ones are dense, and took "
        f"this one: over {len(first.space)} hyperparameters together, its good density is "
        f"{ratio} times the other."
    )


def _density(asked: _Asked, thought: Thought, name: str, axis: Axis) -> Density:
    """The two densities of one hyperparameter, all others averaged out."""
    x, widths = axis.grid()
    value = asked.params[name]
    chosen = axis.internal(value)
    good, other = (mixture.log_pdf_of(name, x) for mixture in (thought.below, thought.above))
    here = [mixture.log_pdf_of(name, chosen)[0] for mixture in (thought.below, thought.above)]
    good_seen, other_seen = (_sights(half[name], axis) for half in thought.seen)
    values, places = axis.external(x), tuple(axis.place(x).tolist())
    ratio, place = float(np.exp(here[0] - here[1])), float(axis.place(chosen)[0])
    near = near_values(axis.nature, values, places, value, place)
    return Density(
        name=name,
        kind=axis.nature,
        is_log=axis.is_log,
        values=values,
        places=places,
        widths=tuple(widths.tolist()),
        good=tuple(axis.relative(good, x).tolist()),
        other=tuple(axis.relative(other, x).tolist()),
        good_seen=good_seen,
        other_seen=other_seen,
        value=value,
        place=place,
        ratio=ratio,
        words=why(
            name,
            value,
            near,
            good=good_seen.values,
            other=other_seen.values,
            ratio=ratio,
            is_joint=len(thought.space) > 1,
        ),
    )


def _sights(x: Array, axis: Axis) -> Sights:
    return Sights(values=axis.external(x), places=tuple(axis.place(x).tolist()))


def _trials(n: int) -> str:
    return "1 trial" if n == 1 else f"{n} trials"
