"""``hpolab pause``, ``resume``, ``stop``, ``cancel``, ``extend``, ``explore``: wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hpolab.cli.arguments import TheSweep  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from hpolab.sweep import Sweep

__all__ = ["refuse_unlimited", "register"]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (pause, resume, stop, cancel, extend, explore):
        app.command()(command)


def pause(which: TheSweep) -> None:
    """Let running trials finish their epoch, then wait."""
    sweep = _open(which)
    sweep.pause()
    _say(
        f"{sweep.path.name} pauses after the running epochs; resume it with: hpolab resume {which}"
    )


def resume(which: TheSweep) -> None:
    """End a pause."""
    sweep = _open(which)
    sweep.resume()
    _say(f"{sweep.path.name} goes on.")


def stop(which: TheSweep) -> None:
    """End a sweep; continuing it trains again what was running."""
    sweep = _open(which)
    sweep.stop()
    _say(f"{sweep.path.name} stops; continue it with: hpolab sweep {which}")


def cancel(
    which: TheSweep, trial: Annotated[int, typer.Argument(help="Its number.", min=0)]
) -> None:
    """End one trial of a running sweep."""
    sweep = _open(which)
    sweep.cancel(trial)
    _say(f"trial {trial} of {sweep.path.name} ends after its epoch, if it is still running.")


def extend(
    which: TheSweep,
    trials: Annotated[int | None, typer.Option(min=1, help="So many more.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="So many more.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="So many more, in all trials.")] = None,
    money: Annotated[float | None, typer.Option(help="For remote workers.")] = None,
) -> None:
    """Add to a running sweep's budget.

    One that has ended goes on with `hpolab sweep SWEEP --trials N`.
    """
    sweep = _open(which)
    refuse_unlimited(sweep, trials=trials, seconds=seconds, epochs=epochs, money=money)
    sweep.extend(trials=trials, seconds=seconds, epochs=epochs, money=money)
    added = {"trials": trials, "seconds": seconds, "epochs": epochs, "of money": money}
    words = ", ".join(f"{amount:g} {unit}" for unit, amount in added.items() if amount)
    _say(f"{sweep.path.name} may spend {words} more.")


def explore(
    which: TheSweep,
    share: Annotated[float, typer.Argument(help="From 0 to 1; 0 ends it.", min=0, max=1)],
) -> None:
    """Draw a share of the trials to come at random instead of by the sampler."""
    sweep = _open(which)
    sweep.explore(share)
    _say(f"{sweep.path.name} draws {100 * share:g} % of the trials to come at random.")


def refuse_unlimited(sweep: Sweep, **amounts: float | None) -> None:
    """Refuse to add to a limit that the budget does not have.

    Raises:
        ConfigError: There is no such limit; says which there are.
    """
    from hpolab.errors import ConfigError

    limits = sweep.record.budget.to_dict()
    for name, amount in amounts.items():
        if amount is not None and limits[name] is None:
            there = " and ".join(f"--{each}" for each, limit in limits.items() if limit)
            raise ConfigError(f"{sweep.path.name} has no limit of {name} to add to; use {there}.")


def _open(which: str) -> Sweep:
    from hpolab.cli.finding import open_sweep

    return open_sweep(which)


def _say(line: str) -> None:
    from hpolab.cli.console import console

    console().print(line, soft_wrap=True)
