"""The figures of a sweep, by name: what there is, and how to draw it under any weights."""

from __future__ import annotations

from hpolab.plots.sweep.catalogue import (
    SweepEntry,
    SweepOption,
    draw_sweep,
    sweep_choices,
    sweep_plots,
    within_ranges,
)

__all__ = [
    "SweepEntry",
    "SweepOption",
    "draw_sweep",
    "sweep_choices",
    "sweep_plots",
    "within_ranges",
]
