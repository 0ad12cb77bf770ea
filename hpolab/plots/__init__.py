"""Facts drawn as plotly figures, for trials, sweeps and networks. The only importer of plotly."""

from __future__ import annotations

from hpolab.plots.catalogue import available, draw
from hpolab.plots.plot import Entry, Plot
from hpolab.plots.study import draw_networks, draw_numbers, networks_title
from hpolab.plots.sweep import (
    SweepEntry,
    SweepOption,
    draw_sweep,
    sweep_choices,
    sweep_plots,
    within_ranges,
)

__all__ = [
    "Entry",
    "Plot",
    "SweepEntry",
    "SweepOption",
    "available",
    "draw",
    "draw_networks",
    "draw_numbers",
    "draw_sweep",
    "networks_title",
    "sweep_choices",
    "sweep_plots",
    "within_ranges",
]
