"""What a sweep has found out, in charts: while it runs, and under the lab's weights."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from hpolab import plots
from hpolab.errors import ConfigError, did_you_mean
from hpolab_widgets.charts import ChartPanel, Pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.plots import Plot, SweepEntry
    from hpolab_widgets.state import SweepState

__all__ = ["Analysis", "brushed_trials"]

_LONGEST = 20_000
Ranges = dict[int, list[tuple[float, float]]]


class Analysis(ChartPanel, front="analysis", uses=("figures",)):
    """Charts of the whole sweep; a point opens its trial, and brushing filters the gallery."""

    def __init__(self, *arguments: Any, **traits: Any) -> None:
        """A panel; see Panel."""
        self._chosen: dict[str, dict[str, str]] = {}
        self._ranges: Ranges = {}
        self._of: SweepState | None = None
        super().__init__(*arguments, **traits)

    def draw(self) -> dict[str, Any]:
        """Nothing yet."""
        return {"hint": "Nothing yet."}
