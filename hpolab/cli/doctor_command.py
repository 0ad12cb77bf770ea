"""``hpolab doctor``."""

from __future__ import annotations

import typer  # noqa: TC002 - replaced soon

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
