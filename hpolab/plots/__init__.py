"""Facts drawn as plotly figures, for trials, sweeps and networks. The only importer of plotly."""

from __future__ import annotations

from hpolab.plots.plot import Plot
from hpolab.plots.sweeps import (
    SweepEntry,
    SweepOption,
    draw_sweep,
    sweep_choices,
    sweep_plots,
    within_ranges,
)

__all__ = [
    "Plot",
    "SweepEntry",
    "SweepOption",
    "draw_sweep",
    "sweep_choices",
    "sweep_plots",
    "within_ranges",
]
