"""Texts as a stranger may read them: without the places of this machine."""

from __future__ import annotations

import re

__all__ = ["without_places"]

_QUOTED = re.compile(r"""(["'])(?:/|[A-Za-z]:[\\/])[^"'\n]*[\\/]([^"'\\/\n]+)\1""")
_BARE = re.compile(
    r"""
    (?:(?<![\w/.~…-])|(?<=file://)|(?<=[ =]-[IL]))  # not within a word, an address, a path
    (?:/(?!/)(?:[^\s/"'`,;:()<>\[\]]+/)+    # /home/someone/
    | [A-Za-z]:\\(?:[^\s\\"'`,;:()<>\[\]]+\\)+)  # C:\Users\someone\
    """,
    re.VERBOSE,
)


def without_places(text: str) -> str:
    """The text with every absolute path cut to its last part.

    >>> without_places('File "/home/ada/my work/model.py", line 3: see /tmp/a/b.log, or 3/4')
    'File "…/model.py", line 3: see …/b.log, or 3/4'
    """
    text = _QUOTED.sub(r"\1…/\2\1", text)
    return _BARE.sub("…/", text)
