"""``hpolab reweigh``: search on under other weights, from what a sweep has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hpolab.cli.arguments import Detach, Quiet, TheSweep  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from hpolab.config import SweepConfig
    from hpolab.scoring import ScoringWeights

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(reweigh)


def reweigh(
    which: TheSweep,
    accuracy: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Its weight; health has the rest.", show_default=False),
    ] = None,
    share: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=SHARE",
            help="A metric's share of health, from 0 to 1; the others keep their ratios. "
            "May be given several times; moved one after the other.",
            show_default=False,
        ),
    ] = None,
    trials: Annotated[int, typer.Option(min=1, help="So many more.")] = 10,
    name: Annotated[str, typer.Option(help="Of the new sweep.", show_default=False)] = "",
    quiet: Quiet = False,
    detach: Detach = False,
) -> None:
    """Start another sweep that knows the trials of one that has ended.

    They are scored under new weights; none is trained again.
    """
    from hpolab.cli.finding import open_sweep
    from hpolab.cli.running import run_sweep, start_sweep

    sweep = open_sweep(which)
    weights = _moved(sweep.config, accuracy=accuracy, shares=share or [])
    other = sweep.continue_with(weights, trials=trials, name=name)
    if detach:
        start_sweep(other)
    else:
        raise typer.Exit(run_sweep(other, quiet=quiet))


def _moved(config: SweepConfig, *, accuracy: float | None, shares: list[str]) -> ScoringWeights:
    """The weights of a sweep, moved like sliders; those of a simple one start from the defaults.

    Raises:
        ConfigError: Nothing is moved, or not to where it can be.
    """
    from hpolab.errors import ConfigError

    if accuracy is None and not shares:
        raise ConfigError(
            "say what shall count otherwise: --accuracy 0.5, or --share gradient_health=0.3."
        )
    weights = config.weights
    if accuracy is not None:
        weights = weights.with_accuracy(accuracy)
    for given in shares:
        metric, _, amount = given.partition("=")
        try:
            to = float(amount)
        except ValueError as error:
            raise ConfigError(f"--share takes METRIC=0.3, but got {given!r}.") from error
        weights = weights.with_proportion(metric.strip(), to)
    return weights
