"""What sections of a report are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.reports.html import Markup, tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["section", "table"]


def section(title: str, *content: Markup | None) -> Markup:
    """A heading and what belongs to it."""
    return tag("section", tag("h2", title), *content)


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[int] = ()
) -> Markup:
    """A table that scrolls by itself where the page is narrow.

    Args:
        heads: One for each column.
        rows: Texts or elements.
        numbers: Columns that are aligned to the right.
    """

    def row(kind: str, cells: Sequence[str]) -> Markup:
        return tag(
            "tr",
            *(
                tag(kind, cell, class_="n") if place in numbers else tag(kind, cell)
                for place, cell in enumerate(cells)
            ),
        )

    body = tag("tbody", *(row("td", cells) for cells in rows))
    whole = tag("table", tag("thead", row("th", heads)), body)
    return tag("div", whole, class_="scroll")
