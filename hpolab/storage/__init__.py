"""The sweep folder and its files. Only the coordinator writes here, but for commands."""

from __future__ import annotations
