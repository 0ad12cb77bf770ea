"""Run a sweep in the foreground, or watch one, with the view that fits the output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpolab.cli.closing import closing_words, exit_code
from hpolab.cli.console import INTERRUPTED, complain, console, logs_to_stderr
from hpolab.cli.finding import shown_path, sweep_argument
from hpolab.cli.views import LiveView, PlainView, is_live

if TYPE_CHECKING:
    from hpolab.commands import Command
    from hpolab.sweep import Sweep

__all__ = ["run_sweep", "start_sweep", "watch_sweep"]


def run_sweep(sweep: Sweep, *, quiet: bool = False, wishes: tuple[Command, ...] = ()) -> int:
    """Run a sweep to its end before the person's eyes.

    Returns:
        The exit code.
    """
    out = console()
    logs_to_stderr()
    try:
        if quiet:
            sweep.run(wishes=wishes)
        elif is_live(out):
            with LiveView(sweep, out, is_ours=True).open():
                sweep.run(wishes=wishes)
        else:
            view = PlainView(sweep, out, past=sweep.entries())
            sweep.run(wishes=wishes, on_entry=view.apply)
    except KeyboardInterrupt:
        complain(f"ended at once; continue with: hpolab sweep {sweep_argument(sweep.path)}")
        return INTERRUPTED
    closing_words(sweep, out, with_table=not quiet)
    return exit_code(sweep)


def start_sweep(sweep: Sweep, *, wishes: tuple[Command, ...] = ()) -> None:
    """Start a sweep in a process of its own and say how to reach it."""
    sweep.start(wishes=wishes)
    name = sweep_argument(sweep.path)
    out = console()
    out.print(f"{shown_path(sweep.path)} runs on its own now, also when this terminal is closed.")
    out.print(f"Follow it with: hpolab watch {name}    End it with: hpolab stop {name}")


def watch_sweep(sweep: Sweep) -> int:
    """Show a sweep until it ends, whoever runs it.

    Returns:
        The exit code that whoever runs it gets.
    """
    out = console()
    try:
        if is_live(out) and sweep.folder.is_running():
            with LiveView(sweep, out, is_ours=False).open():
                sweep.wait()
        else:
            view = PlainView(sweep, out)
            for entry in sweep.entries(follow=True):
                view.apply(entry)
    except KeyboardInterrupt:
        complain("no longer watching; the sweep goes on")
        return INTERRUPTED
    closing_words(sweep, out)
    return exit_code(sweep)
