"""The page: data, script and style in one file that asks nothing of anyone."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab import page
from hpolab.health.meanings import MEANINGS
from hpolab.replay.story import story_of
from hpolab.scoring import METRICS
from hpolab.storage.files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.sweep import Sweep

__all__ = ["replay_html", "write_replay"]

_PARTS = ("told", "transport", "progress", "weights", "gallery", "trial", "network", "replay")
_USES = ("scoring", "graph")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{made_by}">
<title>{name}: replay of a search</title>
<style>{style}</style>
</head>
<body>
<main id="replay" class="hpo">
<h1>{name}</h1>
<p>{outcome} {ending}</p>
<noscript>This page plays the search where JavaScript is allowed to run.</noscript>
</main>
<script type="application/json" id="story">{story}</script>
<script type="module">{script}</script>
</body>
</html>
"""


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
    script, style = _script(), _style()
    told = story["sweep"]
    return _PAGE.format(
        policy=_policy(script, style),
        made_by=html.escape(story["made"]["by"]),
        name=html.escape(_encodable(told["name"])),
        outcome=html.escape(_encodable(told["outcome"])),
        ending=html.escape(_encodable(told["ending"])),
        story=_inert({**story, "meanings": [MEANINGS[name] for name in METRICS]}),
        style=style,
        script=script,
    )


def _policy(script: str, style: str) -> str:
    """Only what is in this very file may run or style; nothing may be asked of any host."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inert(data: Mapping[str, Any]) -> str:
    """JSON that ends no script element, whatever texts it holds: no "<" is left in it.

    Everything beyond ASCII is escaped, halves of characters and U+2028 too.
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _encodable(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache
def _script() -> str:
    return "\n".join((page.script(*_USES), *(_static(f"{part}.js") for part in _PARTS)))


@lru_cache
def _style() -> str:
    return "\n".join((page.sheet("graph"), _static("replay.css")))


def _static(name: str) -> str:
    return files("hpolab.replay").joinpath("static", name).read_text(encoding="utf-8")
