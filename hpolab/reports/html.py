"""HTML and SVG from nested calls; every text is escaped on its way in."""

from __future__ import annotations

from html import escape

from hpolab.page.document import writable

__all__ = ["Markup", "tag"]

_EMPTY = {"rect", "circle", "line", "path", "polyline"}


class Markup(str):
    """Text that is markup already; only ``tag`` and trusted makers of SVG make it."""

    __slots__ = ()


def tag(name: str, *content: str | Markup | None, **attributes: str | float) -> Markup:
    """An element.

    >>> tag("p", "1 < 2", tag("b", "yes"), class_="note")
    '<p class="note">1 &lt; 2<b>yes</b></p>'

    Args:
        name: Of the element.
        content: Texts, which are escaped, and elements, which are not; None is left out.
        attributes: ``class_`` is class, ``stroke_width`` is stroke-width; numbers get at most one
            decimal.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
    )
    if name in _EMPTY and not content:
        return Markup(f"<{name}{given}/>")
    inner = "".join(
        part if isinstance(part, Markup) else escape(writable(part), quote=False)
        for part in content
        if part is not None
    )
    return Markup(f"<{name}{given}>{inner}</{name}>")


def _attribute(value: str | float) -> str:
    if isinstance(value, str):
        return escape(writable(value))
    return f"{value:.1f}".removesuffix(".0")
