"""The form of what crosses the wall: lengths, numbers and short texts, never objects."""

from __future__ import annotations

import struct

__all__ = [
    "ANSWER",
    "BROKE",
    "CODE_NAME",
    "LENGTH",
    "MAGIC",
    "MAX_TEXT_BYTES",
    "RAISED",
    "READY",
    "VALUES",
]

LENGTH = struct.Struct("<I")
"""Before the first message (a JSON text): its bytes; before a batch: its points."""

ANSWER = struct.Struct("<4sBxxxiII")
"""Magic, kind, line of the user's code (0: not known), bytes that follow, bytes printed."""

MAGIC = b"hpo1"

READY, VALUES, RAISED, BROKE = range(1, 5)
"""The code has run; the values of a batch; the code raised (text); a limit broke (its name)."""

MAX_TEXT_BYTES = 1000
CODE_NAME = "fitness.py"
"""How the user's code is called in its own tracebacks."""
