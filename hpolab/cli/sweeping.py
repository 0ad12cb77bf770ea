"""``hpolab sweep``, ``demo`` and ``watch``: what runs or follows a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpolab.cli.arguments import AnySweep, ConfigOrSweep, DataDir, Detach, Quiet  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from hpolab.cli.overrides import Overrides
    from hpolab.commands import Command
    from hpolab.config import SweepConfig
    from hpolab.sweep import Sweep

__all__ = ["demo_config", "register"]

_SAMPLERS = "tpe, random, grid, qmc, cma-es, nsga2, gp, genetic, pso, de, shade, sa, acor."
_BEGUN = "cannot change a sweep that has begun; give the new search a name of its own."
_CONTINUING = ("trials", "seconds", "workers")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("sweep")(sweep)
    app.command("demo")(demo)
    app.command("watch")(watch)


def _option(help_text: str, *, least: int | None = None) -> Any:
    return typer.Option(help=help_text, min=least, show_default=False)


def sweep(
    what: ConfigOrSweep = None,
    name: Annotated[str | None, _option("Of the sweep and its folder.")] = None,
    dataset: Annotated[str | None, _option("Name of a data set; see `hpolab datasets`.")] = None,
    data_dir: DataDir = None,
    data_path: Annotated[Path | None, _option("Your own images, texts or arrays.")] = None,
    trials: Annotated[int | None, _option("Budget; adds to a continued sweep.", least=1)] = None,
    seconds: Annotated[float | None, _option("The same, as time.", least=1)] = None,
    epochs: Annotated[int | None, _option("At most, for each trial.", least=1)] = None,
    workers: Annotated[int | None, _option("Trials that train at once.", least=1)] = None,
    seed: Annotated[int | None, _option("Of the search and of every training.", least=0)] = None,
    mode: Annotated[str | None, _option("simple or health-aware.")] = None,
    sampler: Annotated[str | None, _option(_SAMPLERS)] = None,
    pruner: Annotated[str | None, _option("none, median, hyperband.")] = None,
    max_samples: Annotated[int | None, _option("At most so many examples.", least=10)] = None,
    quiet: Quiet = False,
    detach: Detach = False,
) -> None:
    """Run a sweep, or continue one.

    From a config, from options alone, or from a sweep's folder.
    """
    from hpolab.cli.overrides import Overrides
    from hpolab.cli.running import run_sweep, start_sweep

    given = Overrides(
        name=name, dataset=dataset, data_dir=data_dir, data_path=data_path, trials=trials,
        seconds=seconds, epochs=epochs, workers=workers, seed=seed, mode=mode, sampler=sampler,
        pruner=pruner, max_samples=max_samples,
    )  # fmt: skip
    ours, wishes = _prepared(what, given)
    if detach:
        start_sweep(ours, wishes=wishes)
    else:
        raise typer.Exit(run_sweep(ours, quiet=quiet, wishes=wishes))


def demo(quiet: Quiet = False) -> None:
    """Run a real sweep on handwritten digits in about a minute."""
    from hpolab.cli.running import run_sweep
    from hpolab.sweep import Sweep

    raise typer.Exit(run_sweep(Sweep(demo_config()), quiet=quiet))


def watch(which: AnySweep = None) -> None:
    """Follow a sweep until it ends, whoever runs it. Ctrl-C ends only the watching."""
    from hpolab.cli.finding import open_sweep
    from hpolab.cli.running import watch_sweep

    raise typer.Exit(watch_sweep(open_sweep(which)))


def demo_config() -> SweepConfig:
    """What ``hpolab demo`` asks: enough for a winner that deserves it, in about a minute."""
    from datetime import datetime

    from hpolab.config import SweepConfig

    return SweepConfig.parse(
        {
            "name": f"demo-{datetime.now():%Y%m%d-%H%M%S}",
            "dataset": "digits",
            "epochs": 30,
            "budget": 12,
            "pruner": {"name": "median", "n_startup_trials": 3, "warmup_epochs": 2},
            "executor": {"name": "process", "workers": 2},
        }
    )


def _prepared(what: str | None, given: Overrides) -> tuple[Sweep, tuple[Command, ...]]:
    """The sweep to run, and how much to add to it when it has begun already."""
    from hpolab.cli.finding import config_or_folder
    from hpolab.config import SweepConfig
    from hpolab.sweep import Sweep

    path = None if what is None else config_or_folder(what)
    if path is not None and path.is_dir():
        return _continued(path, given)
    config = SweepConfig() if path is None else SweepConfig.load(path)
    ours = Sweep(given.applied(config))
    _refuse_finished(ours)
    return ours, ()


def _continued(path: Path, given: Overrides) -> tuple[Sweep, tuple[Command, ...]]:
    from hpolab.cli.wishing import refuse_unlimited
    from hpolab.commands import Command
    from hpolab.sweep import Sweep

    given.only(*_CONTINUING, why=_BEGUN)
    there = Sweep.follow(path)
    config = there.config
    if given.workers is not None:
        config = config.replace(executor=config.executor.replace(workers=given.workers))
    if given.trials is None and given.seconds is None:
        _refuse_finished(there)
        return Sweep(config, path=path), ()
    refuse_unlimited(there, trials=given.trials, seconds=given.seconds)
    more = Command(verb="extend", trials=given.trials, seconds=given.seconds)
    return Sweep(config, path=path), (more,)


def _refuse_finished(ours: Sweep) -> None:
    from hpolab.cli.finding import shown_path, sweep_argument
    from hpolab.errors import ConfigError

    if ours.state == "finished":
        raise ConfigError(
            f"{shown_path(ours.path)} has finished: {ours.record.reason}. Add to it with: hpolab "
            f"sweep {sweep_argument(ours.path)} --trials 10"
        )
