"""Why the sampler tried what it tried, trial by trial, with the densities that it went by."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from hpolab.errors import ConfigError, did_you_mean
from hpolab.parameters import spoken
from hpolab.search import Explainer
from hpolab.search.configurations import free_parameters
from hpolab_widgets.panel import Panel

if TYPE_CHECKING:
    import numpy.typing as npt

    from hpolab.search import Density, Explanation
    from hpolab_widgets.state import Source, SweepState

__all__ = ["Reasons"]

_MOST_TICKS = 8
_NUMBERS = (1, 2, 5)


class Reasons(Panel, front="reasons", uses=("paths",)):
    """One trial of a sweep and one hyperparameter: where good trials were, and what was tried."""

    trial = t.Int(None, allow_none=True, help="Which trial; None for the last one.")
    name = t.Unicode(help="Which hyperparameter; empty for the first.")

    def __init__(self, source: Source = None, **traits: Any) -> None:
        """See Panel."""
        self._of: SweepState | None = None
        self._explainer: Explainer | None = None
        self._n_heard = 0
        super().__init__(source, **traits)

    def draw(self) -> dict[str, Any]:
        """The explanation of the trial that is looked at; a hint where there is none yet."""
        sweep = self.lab.sweep
        if sweep is None:
            return {"hint": "No sweep yet. Give it one: Reasons(sweep)."}
        explainer = self._listen(sweep)
        if not len(explainer) or not self._names(sweep):
            return {"hint": "Nothing has been tried yet."}
        names = self._names(sweep)
        trial = len(explainer) - 1 if self.trial is None else self.trial
        told = explainer.explain(min(max(trial, 0), len(explainer) - 1))
        name = self.name if self.name in names else names[0]
        return {
            "hint": "",
            "trials": len(explainer),
            "trial": told.number,
            "names": names,
            "name": name,
            "origin": told.origin,
            "words": told.words if name in told.params else _absent(name),
            "density": _drawn(told, name),
        }

    def wish_look(self, trial: Any = None, name: Any = None) -> None:
        """Look at another trial, or at another of its hyperparameters.

        Raises:
            ConfigError: There is none such.
        """
        if name is not None:
            names = self.view.get("names", ())
            if name not in names:
                raise ConfigError(f"no such hyperparameter; {did_you_mean(str(name), names)}")
            self.name = name
        if trial is not None:
            count = self.view.get("trials", 0)
            if isinstance(trial, bool) or not isinstance(trial, int) or not 0 <= trial < count:
                raise ConfigError(f"there is no trial {trial!r:.20}; there are {count}, from 0.")
            self.trial = trial

    @staticmethod
    def _names(sweep: SweepState) -> list[str]:
        """What varies and has applied in some trial."""
        free = free_parameters(sweep.config.search_space())
        return [name for name in free if any(name in trial.params for trial in sweep.trials)]

    def _listen(self, sweep: SweepState) -> Explainer:
        """Tell the explainer what the journal has gained."""
        if self._explainer is None or sweep is not self._of:
            config = sweep.config
            self._of, self._n_heard = sweep, 0
            self._explainer = Explainer(
                config.search_space(),
                sampler=config.sampler,
                pruner=config.pruner,
                seed=config.seed,
                epochs=config.epochs,
            )
        events = [entry.event for entry in sweep.sweep.entries()]
        self._explainer.take_in(events[self._n_heard :])
        self._n_heard = len(events)
        return self._explainer


def _absent(name: str) -> str:
    return f"{name.replace('_', ' ')} does not apply in this trial: another choice rules it out."


def _drawn(told: Explanation, name: str) -> dict[str, Any] | None:
    """The densities as points; None where the trial has none of this hyperparameter."""
    density = told.densities.get(name)
    if density is None:
        return None
    high = 1.08 * max(*density.good, *density.other, 1.0)
    steps = np.arange(0, high, 1 if high < 5 else 2 if high < 10 else 5).tolist()
    return {
        "name": name,
        "words": density.words,
        "value": spoken(density.value),
        "place": density.place,
        "good": _points(density, density.good),
        "other": _points(density, density.other),
        "seen": {"good": density.good_seen.places, "other": density.other_seen.places},
        "high": high,
        "heights": [{"at": step, "label": f"{step:g}"} for step in steps],
        "ticks": _ticks(density),
    }


def _points(density: Density, heights: tuple[float, ...]) -> list[tuple[float, float]]:
    """A line through the middles of a range; flat pieces over the cells of steps and options."""
    if density.kind == "range":
        middles = zip(density.places, heights, strict=True)
        return [(round(place, 4), round(height, 4)) for place, height in middles]
    ends = np.concatenate([[0.0], np.cumsum(density.widths)])
    points = []
    for index, height in enumerate(heights):
        points += [(round(float(end), 4), round(height, 4)) for end in ends[index : index + 2]]
    return points


def _ticks(density: Density) -> list[dict[str, Any]]:
    """Where to write which values below the axis."""
    if density.kind == "options" or len(density.values) <= _MOST_TICKS:
        known = zip(density.places, density.values, strict=True)
        return [{"at": place, "label": spoken(value)} for place, value in known]
    numbers, places = np.array(density.values, dtype=float), np.array(density.places)
    kept = _round_numbers(numbers) if density.is_log else []
    if len(kept) > 2:
        at = np.interp(np.log(kept), np.log(numbers), places)
        return [
            {"at": float(a), "label": f"{n:g}", "is_minor": f"{n:e}"[0] != "1"}
            for a, n in zip(at, kept, strict=True)
        ]
    cuts = np.unique([np.abs(places - place).argmin() for place in np.linspace(0, 1, 5)])
    return [{"at": float(places[i]), "label": f"{numbers[i]:.2g}"} for i in cuts]


def _round_numbers(numbers: npt.NDArray[np.float64]) -> list[float]:
    """1, 2 and 5 of each decade along a logarithmic axis; 1 alone where that is enough."""
    decades = range(math.floor(math.log10(numbers[0])), math.ceil(math.log10(numbers[-1])) + 1)
    slack = (numbers[1] / numbers[0]) ** 0.6  # the ends lie half a cell beyond the grid
    low, high = numbers[0] / slack, numbers[-1] * slack
    inside = [n * 10.0**decade for decade in decades for n in _NUMBERS if low <= n * 10.0**decade]
    inside = [n for n in inside if n <= high]
    return [n for n in inside if f"{n:e}"[0] == "1"] if len(inside) > _MOST_TICKS else inside
