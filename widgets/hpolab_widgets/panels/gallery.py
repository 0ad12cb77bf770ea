"""The trials as cards."""

from __future__ import annotations

from typing import Any

import traitlets as t

from hpolab_widgets.panel import Panel

__all__ = ["Gallery"]


class Gallery(Panel, front="gallery"):
    """Every trial as a card, the best under the lab's weights first."""

    page = t.Int(0, min=0, help="Which page, from 0.").tag(sync=True)
    page_size = t.Int(12, min=1, help="Cards a page.").tag(sync=True)

    def draw(self) -> dict[str, Any]:
        """The cards of this page."""
        if self.lab.sweep is None:
            return {"cards": [], "count": 0}
        trials = self.lab.sweep.trials
        shown = trials[self.page * self.page_size :][: self.page_size]
        return {
            "count": len(trials),
            "cards": [
                {
                    "number": trial.number,
                    "state": trial.state,
                    "score": trial.score,
                    "accuracy": trial.ended.accuracy if trial.ended else None,
                    "metrics": trial.ended.metrics if trial.ended else {},
                    "curve": [epoch.val_accuracy for epoch in trial.epochs],
                }
                for trial in shown
            ],
        }

    def wish_open(self, trial: int) -> None:
        """Look at one trial closely."""
        self.lab.opened = trial
