"""One row for each sweep folder, and which rows a filter leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpolab.places import without_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.analysis import Overview

__all__ = ["filtered", "row"]

_GOES_ON = frozenset({"new", "stopped", "interrupted", "failed"})
_AT_WORK = frozenset({"running", "paused"})
_UNREADABLE = frozenset({"damaged", "unread"})


def filtered(overviews: Iterable[Overview], text: str) -> list[Overview]:
    """Those in whose name, data set or state every word of the text occurs."""
    words = text.casefold().split()
    return [each for each in overviews if all(word in _searched(each) for word in words)]


def row(
    overview: Overview,
    *,
    key: str,
    n_bytes: int | None,
    may_change: bool,
    is_open: bool,
    is_example: bool = False,
) -> dict[str, Any]:
    """What the front end draws of one folder, as JSON.

    Args:
        overview: What is known of it.
        key: What the panel knows it by.
        n_bytes: How large it is; None while unknown.
        may_change: Whether it may be continued and deleted.
        is_open: Whether it is the one that the lab shows.
        is_example: Whether it is the one that comes with the lab.
    """
    best = overview.best
    return {
        "key": key,
        "name": overview.folder.name,
        "is_example": is_example,
        "state": overview.state,
        "dataset": overview.config.dataset.name if overview.config else "",
        "settled": overview.settled,
        "limit": overview.limit,
        "score": best.score if best else None,
        "accuracy": best.ended.accuracy if best and best.ended else None,
        "bytes": n_bytes,
        "made": overview.made,
        "problem": without_places(overview.problem),
        "is_open": is_open,
        "actions": _actions(overview, may_change=may_change),
    }


def _actions(overview: Overview, *, may_change: bool) -> list[str]:
    state = overview.state
    fits = {
        "open": state not in _UNREADABLE,
        "continue": may_change and state in _GOES_ON,
        "resume": may_change and state == "paused",
        "export": state not in _UNREADABLE and state != "new",
        "delete": may_change and state not in _AT_WORK and state != "unread",
    }
    return [action for action, does_fit in fits.items() if does_fit]


def _searched(overview: Overview) -> str:
    dataset = overview.config.dataset.name if overview.config else ""
    return f"{overview.folder.name} {dataset} {overview.state}".casefold()
