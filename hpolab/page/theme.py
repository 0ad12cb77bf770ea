"""hpolab's palette as style sheet variables: ``var(--hpo-accent)``, ``var(--hpo-space-3)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.palette import DARK, FAMILIES, FONTS, LIGHT, SERIES, SPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["variables"]


def variables() -> str:
    """The style sheet that defines every variable, on light and on dark pages.

    A page is dark where JupyterLab says so, or the app's own switch, or else the system.
    """
    same = {f"space-{name}": size for name, size in SPACE.items()}
    same |= {f"font-{name}": font for name, font in FONTS.items()}
    pairs = {_series(name): pair for name, pair in SERIES.items()}
    pairs |= {f"family-{name}": pair for name, pair in FAMILIES.items()}
    light = dict(LIGHT) | {name: pair[0] for name, pair in pairs.items()}
    dark = dict(DARK) | {name: pair[1] for name, pair in pairs.items()}
    by_system = ":root:not([data-hpo-theme=light]):not(:has([data-jp-theme-light=true]))"
    return "\n".join(
        (
            _rule(":root", same | light | _LIGHT),
            f"@media (prefers-color-scheme: dark) {{ {_rule(by_system, dark | _DARK)} }}",
            _rule(':root:has([data-jp-theme-light="false"])', dark | _DARK),
            _rule(":root[data-hpo-theme=light]", light | _LIGHT),
            _rule(":root[data-hpo-theme=dark]", dark | _DARK),
        )
    )


_LIGHT = {"scheme": "light", "invert": "0"}
_DARK = {"scheme": "dark", "invert": "1"}  # what is drawn in ink is inverted


def _series(name: str) -> str:
    return name.replace("_", "-")


def _rule(selector: str, values: Mapping[str, str]) -> str:
    body = " ".join(f"--hpo-{name}: {value};" for name, value in values.items())
    return f"{selector} {{ {body} }}"
