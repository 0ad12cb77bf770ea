"""The page: data, script and style in one file that asks nothing of anyone."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab import page
from hpolab.health.meanings import MEANINGS
from hpolab.page.document import document
from hpolab.replay.story import story_of
from hpolab.scoring import METRICS
from hpolab.storage.files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.sweep import Sweep

__all__ = ["replay_html", "write_replay"]

_PARTS = ("told", "transport", "progress", "weights", "gallery", "trial", "network", "replay")
_USES = ("scoring", "graph")


def write_replay(sweep: Sweep, path: Path | str) -> Path:
    """Write a sweep as one HTML file that plays it, as far as it has come.

    The file needs no server, no Python and no network, and names no folder of this machine.

    Returns:
        The path.

    Raises:
        StoreError: The file cannot be written, or the journal is damaged.
    """
    write_text(Path(path), replay_html(story_of(sweep)))
    return Path(path)


def replay_html(story: Mapping[str, Any]) -> str:
    """The page that plays a story (see ``story_of``)."""
    told = story["sweep"]
    return document(
        title=f"{told['name']}: replay of a search",
        lead=f"{told['outcome']} {told['ending']}",
        by=story["made"]["by"],
        data={**story, "meanings": [MEANINGS[name] for name in METRICS]},
        script=_script(),
        style=_style(),
    )


@lru_cache
def _script() -> str:
    return "\n".join((page.script(*_USES), *(_static(f"{part}.js") for part in _PARTS)))


@lru_cache
def _style() -> str:
    return "\n".join((page.sheet("graph"), _static("replay.css")))


def _static(name: str) -> str:
    return files("hpolab.replay").joinpath("static", name).read_text(encoding="utf-8")
