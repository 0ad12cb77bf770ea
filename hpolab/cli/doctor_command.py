"""``hpolab doctor``: is this machine ready for sweeps?"""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(doctor)


def doctor(
    gpu: Annotated[bool, typer.Option("--gpu", help="Ask TensorFlow too; takes seconds.")] = False,
) -> None:
    """Say what is installed, what is missing, what it would enable."""
    from rich.table import Table
    from rich.text import Text

    from hpolab.cli.console import console
    from hpolab.cli.doctor import examine, gpus

    findings = [*examine(), *([gpus()] if gpu else [])]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        seen = Text(finding.seen)
        if finding.remedy:
            seen.append(f"\n→ {finding.remedy}", style="red" if finding.is_needed else "yellow")
        table.add_row(finding.topic, seen)
    out = console()
    out.print(table)
    broken = [finding.topic for finding in findings if finding.remedy and finding.is_needed]
    out.print()
    out.print(f"Not ready: see {', '.join(broken)}." if broken else "Ready for sweeps.")
    raise typer.Exit(1 if broken else 0)
