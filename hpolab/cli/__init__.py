"""The ``hpolab`` command. Importing this loads nothing; a command loads what it needs."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the ``hpolab`` command; ends the process with the command's exit code."""
    from hpolab.cli.app import app

    app(prog_name="hpolab")
