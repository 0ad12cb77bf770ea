"""The colours and distances of everything that hpolab draws: panels, app, plots, SVG.

Plain data, so that a figure made without a browser looks like the panel beside it. Categories are
told apart by colour-blind people too: they start from Paul Tol's "bright" scheme (technical note
SRON/EPS/TN/09-002, section 2), and a label or a shape always says the same a second time. Text
reaches a contrast of 4.5 to 1 on the grounds it is meant for (WCAG 2.2, 1.4.3), a test says.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "DARK",
    "FAMILIES",
    "FONTS",
    "LIGHT",
    "SERIES",
    "SPACE",
    "STATES",
    "TONE",
    "contrast",
    "mixed",
]

LIGHT: Mapping[str, str] = {
    "page": "#f5f6f8",
    "surface": "#ffffff",
    "sunken": "#eceef2",
    "line": "#d7dbe2",
    "edge": "#858d9c",  # borders of controls: 3 to 1 on a surface
    "text": "#1b2230",
    "quiet": "#566073",
    "accent": "#3346c7",
    "accent-soft": "#e5e8fb",
    "on-accent": "#ffffff",
    "other": "#a94a06",  # the second of two that are compared; the first has the accent
    "good": "#0b6b52",
    "good-soft": "#dff3ec",
    "warn": "#8a4b00",
    "warn-soft": "#fcefd9",
    "fair": "#b27b00",  # halfway from bad to good; a mark, not a text
    "bad": "#a8231b",
    "bad-soft": "#fbe6e4",
}
"""Named colours on a light page. ``-soft`` ones are grounds for the text of the same name."""

DARK: Mapping[str, str] = {
    "page": "#12151c",
    "surface": "#1b202b",
    "sunken": "#252c3a",
    "line": "#353e50",
    "edge": "#7a869c",
    "text": "#e9ecf3",
    "quiet": "#a6b0c3",
    "accent": "#9fb0ff",
    "accent-soft": "#2a3360",
    "on-accent": "#10142b",
    "other": "#ffae6b",
    "good": "#6fdcb6",
    "good-soft": "#12392e",
    "warn": "#f3bd6e",
    "warn-soft": "#3f2d10",
    "fair": "#e3c65a",
    "bad": "#ff9d94",
    "bad-soft": "#4a1f1c",
}
"""The same names on a dark page."""

SERIES: Mapping[str, tuple[str, str]] = {
    "accuracy": ("#3346c7", "#9fb0ff"),
    "neuron_utilisation": ("#4477aa", "#7fb2e5"),
    "parameter_efficiency": ("#0e7c9b", "#66ccee"),
    "training_stability": ("#228833", "#5fc873"),
    "gradient_health": ("#8f8120", "#d9c94f"),
    "convergence_quality": ("#c8415a", "#f58a98"),
    "accuracy_consistency": ("#aa3377", "#e07ab4"),
}
"""One colour per thing that is measured, on light and on dark; the same in every chart."""

FAMILIES: Mapping[str, tuple[str, str]] = {
    "input": ("#566073", "#a6b0c3"),
    "preparation": ("#7a6a4f", "#c9b48c"),
    "embedding": ("#aa3377", "#e07ab4"),
    "convolution": ("#4477aa", "#7fb2e5"),
    "recurrent": ("#228833", "#5fc873"),
    "attention": ("#6a3d9a", "#b89be0"),
    "dense": ("#c8415a", "#f58a98"),
    "normalisation": ("#0e7c9b", "#66ccee"),
    "activation": ("#a94a06", "#ffae6b"),
    "pooling": ("#8f8120", "#d9c94f"),
    "dropout": ("#7d8594", "#8d99ae"),
    "merge": ("#3346c7", "#9fb0ff"),
    "reshape": ("#5f6b3f", "#b5ba93"),
    "block": ("#3d4a66", "#cdd5e6"),
    "other": ("#5e5e5e", "#b8b8b8"),
}
"""Outlines of layers in drawings of networks, on light and on dark; shape and text say the family
too. Grounds are ``TONE`` of it in the surface, see ``mixed``.
"""

TONE = 0.16
"""How much of a family's colour is in the ground of its boxes."""

STATES: Mapping[str, str] = {
    "waiting": "quiet",
    "running": "accent",
    "completed": "good",
    "pruned": "warn",
    "failed": "bad",
    "cancelled": "quiet",
}
"""Which named colour speaks of a trial's state."""

SPACE: Mapping[str, str] = {
    "1": "4px",
    "2": "8px",
    "3": "12px",
    "4": "16px",
    "5": "24px",
    "6": "40px",
}
"""Distances; nothing is spaced otherwise."""

FONTS: Mapping[str, str] = {
    "text": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
    "code": 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
}
"""Fonts that a machine has: none is fetched."""


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two, in sRGB: ``share`` of the first in [0, 1], the rest of the other."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").

    Args:
        one: A colour as "#rrggbb".
        other: Another.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance in [0, 1] (WCAG 2.2, "relative luminance")."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
