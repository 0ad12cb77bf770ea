"""What pruning saves and what it loses: of one sweep, of several, and as a dare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.course.pruning import bargain, bill, cuts
from hpolab.errors import ConfigError
from hpolab_widgets.panel import Panel

if TYPE_CHECKING:
    from hpolab.course.pruning import Cut
    from hpolab.sweep import Sweep
    from hpolab_widgets.state import Source

__all__ = ["Bargain", "Cuts", "Savings"]

_TONES = ("quiet", "accent", "other", "good")


class Cuts(Panel, front="cuts", uses=("paths",)):
    """Every trial's accuracy over the epochs; of a pruned one also what it would have come to.

    The rest of a curve is known where the sweep is on a practice space.
    """

    chosen = t.Int(0, help="Which pruned trial is looked at: 0 is the one that would end best.")

    def __init__(self, source: Source = None, **traits: Any) -> None:
        """See Panel."""
        super().__init__(source, **traits)

    def draw(self) -> dict[str, Any]:
        """All curves, and the pruned trial that is looked at."""
        sweep = self.lab.sweep
        if sweep is None or not sweep.trials:
            return {"hint": "No trial yet. Give it a sweep: Cuts(sweep)."}
        found = cuts(sweep.config, sweep.trials)
        paid = bill(sweep.config, sweep.trials)
        at = min(self.chosen, len(found) - 1)
        kept = [trial for trial in sweep.trials if trial.state == "completed"]
        return {
            "hint": "",
            "epochs": sweep.config.epochs,
            "completed": [[epoch.val_accuracy for epoch in trial.epochs] for trial in kept],
            "pruned": [cut.curve for cut in found],
            "trials": len(sweep.trials),
            "trained": paid.epochs[-1],
            "saved": paid.saved,
            "best": paid.best[-1],
            "chosen": at,
            "options": [_option(cut) for cut in found],
            "cut": _cut(found[at]) if found else None,
        }

    def wish_look(self, chosen: Any) -> None:
        """Look at another pruned trial.

        Raises:
            ConfigError: There is none such.
        """
        n = len(self.view.get("options", ()))
        if isinstance(chosen, bool) or not isinstance(chosen, int) or not 0 <= chosen < n:
            raise ConfigError(f"{chosen!r:.20} is not among {n} pruned trials.")
        self.chosen = chosen


class Savings(Panel, front="savings", uses=("paths",)):
    """The best found against the epochs that were trained for it, of several ended sweeps."""

    watches = ()

    def __init__(self, **sweeps: Sweep) -> None:
        """The sweeps by what they are called.

        Raises:
            ConfigError: There are none, or more than can be told apart.
        """
        if not 1 <= len(sweeps) <= len(_TONES):
            raise ConfigError(f"give 1 to {len(_TONES)} sweeps, but got {len(sweeps)}.")
        self._sweeps = sweeps
        super().__init__()

    def draw(self) -> dict[str, Any]:
        """One line per sweep, rising where something better was found."""
        lines = []
        for (name, sweep), tone in zip(self._sweeps.items(), _TONES, strict=False):
            paid = bill(sweep.config, sweep.record.trials.values())
            found = [(n, b) for n, b in zip(paid.epochs, paid.best, strict=True) if b is not None]
            lines.append(
                {
                    "name": name,
                    "tone": tone,
                    "points": found,
                    "epochs": paid.epochs[-1] if paid.epochs else 0,
                    "saved": paid.saved,
                    "best": paid.best[-1] if paid.best else None,
                }
            )
        return {"lines": lines}


class Bargain(Panel, front="question"):
    """A dare: save a share of the epochs without losing the best."""

    watches = ()

    def __init__(self, full: Sweep, tried: Sweep, *, save: float = 0.5) -> None:
        """A dare on two ended sweeps over the same configurations.

        Args:
            full: Without pruning.
            tried: With it.
            save: The share of epochs to be saved, in [0, 1].
        """
        self._full, self._tried, self._save = full, tried, save
        super().__init__()

    def draw(self) -> dict[str, Any]:
        """The dare, and whether it is done."""
        attempt = bargain(self._full, self._tried, save=self._save)
        verdict = {"tone": "good", "words": f"Done: {attempt.words}", "why": ""}
        if not attempt.is_done:
            again = "Change an option and run it again."
            verdict = {"tone": "warn", "words": f"Not yet: {attempt.words} {again}", "why": ""}
        share = f"{100 * self._save:.0f} %"
        return {
            "kind": "dare",
            "question": f"Save {share} of the epochs without losing the best network.",
            "choices": [],
            "scale": None,
            "given": None,
            "is_settled": True,
            "verdict": verdict,
        }


def _option(cut: Cut) -> str:
    would = f", would have reached {100 * cut.end:.1f} %" if cut.rest else ""
    return f"trial {cut.trial.number}{would}"


def _cut(cut: Cut) -> dict[str, Any]:
    return {
        "number": cut.trial.number,
        "curve": cut.curve,
        "rest": cut.rest,
        "end": cut.end,
        "reason": cut.trial.ended.reason if cut.trial.ended else "",
    }
