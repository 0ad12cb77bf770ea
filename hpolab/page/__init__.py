"""What a page that hpolab draws is made of: panels in notebooks, and files that need no server.

Plain ECMAScript and style sheets in ``static/``, put together as text: nothing is built, nothing
is fetched. Preact and htm (licence in the file) come first, then what all pages share.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from hpolab.page.theme import variables

__all__ = ["script", "sheet", "variables"]


@lru_cache
def script(*parts: str) -> str:
    """One module: Preact, what all pages share, then these files of ``static/``, in order."""
    return "\n".join(_static(f"{name}.js") for name in ("preact", "shared", *parts))


@lru_cache
def sheet(*parts: str) -> str:
    """One style sheet: the palette, what all pages share, then these files of ``static/``."""
    return "\n".join((variables(), *(_static(f"{name}.css") for name in ("base", *parts))))


def _static(name: str) -> str:
    return files("hpolab.page").joinpath("static", name).read_text(encoding="utf-8")
