"""A whole page in one file that asks nothing of anyone: data, script and style inside it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DATA", "ROOT", "digest", "document", "writable"]

ROOT = "page"
"""The id of the element that a script fills."""

DATA = "told"
"""The id of the element whose text is the data, as JSON."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{made_by}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="{root}" class="hpo">
<h1>{title}</h1>
<p>{lead}</p>
<noscript>This page needs JavaScript to be allowed.</noscript>
</main>
<script type="application/json" id="{where}">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def document(
    *, title: str, data: Mapping[str, Any], script: str, style: str, lead: str = "", by: str = ""
) -> str:
    """HTML that needs no server and no network.

    Only what is in the file may run or style, and nothing may be asked of any host.

    Args:
        title: A text, whatever it holds.
        lead: What is said below it until the script has filled the page, and where none may run.
        by: What made the page.
        data: JSON-able, whatever texts it holds.
        script: A module, which finds the data in the element ``DATA`` and fills ``ROOT``.
        style: A style sheet.
    """
    policy = (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        made_by=_escaped(by),
        title=_escaped(title),
        lead=_escaped(lead),
        style=style,
        root=ROOT,
        where=DATA,
        data=_inert(data),
        script=script,
    )


def _escaped(text: str) -> str:
    return html.escape(writable(text))


def writable(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def digest(text: str) -> str:
    """What a content security policy calls a script or style of the page itself by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inert(data: Mapping[str, Any]) -> str:
    """JSON that ends no script element, whatever texts it holds: no "<" is left in it.

    Everything beyond ASCII is escaped, halves of characters and U+2028 too.
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
