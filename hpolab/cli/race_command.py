"""``hpolab race``: algorithms side by side on a function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpolab.cli.arguments import Detach, Quiet  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from hpolab.race import Race, RaceConfig

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("race")(race)


def _option(help_text: str, *, least: float | None = None) -> Any:
    return typer.Option(help=help_text, min=least, show_default=False)


def race(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[FUNCTION | CONFIG.yaml | RACE]",
            help="A function such as sphere, a config to run, or a race to continue; "
            "rastrigin when left out.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[str | None, _option("Of the race and its folder.")] = None,
    algorithms: Annotated[
        str | None, _option("Who races, with commas: pso,shade. One of each family if left out.")
    ] = None,
    fitness: Annotated[Path | None, _option("Your own function: a YAML file beside it.")] = None,
    dimensions: Annotated[int | None, _option("Variables of the function; 10.", least=1)] = None,
    seeds: Annotated[int | None, _option("Runs of each; 15.", least=1)] = None,
    budget: Annotated[int | None, _option("Evaluations of each run; 20000.", least=10)] = None,
    target: Annotated[float | None, _option("Error that counts as success; 1e-8.")] = None,
    seconds: Annotated[float | None, _option("Limit of time, at most.", least=0.1)] = None,
    workers: Annotated[int | None, _option("Runs at once.", least=1)] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Leave the optimum in its place.")
    ] = False,
    rotated: Annotated[bool, typer.Option("--rotated", help="Turn the axes.")] = False,
    quiet: Quiet = False,
    detach: Detach = False,
) -> None:
    """Race algorithms on a function, or continue a race.

    Every run is of one algorithm from one seed; the table at the end says who is ahead, and
    whether that can be told from luck.
    """
    from hpolab.cli.racing import run_race, start_race

    given = {
        "name": name, "dimensions": dimensions, "seeds": seeds, "budget": budget,
        "target": target, "seconds": seconds, "workers": workers,
        "contenders": tuple(filter(None, map(str.strip, algorithms.split(","))))
        if algorithms is not None else None,
        "shifted": False if plain else None, "rotated": True if rotated else None,
    }  # fmt: skip
    ours = _prepared(
        what, fitness, {key: value for key, value in given.items() if value is not None}
    )
    if detach:
        start_race(ours)
    else:
        raise typer.Exit(run_race(ours, quiet=quiet))


def _prepared(what: str | None, fitness: Path | None, given: dict[str, Any]) -> Race:
    """The race to run, or to continue.

    Raises:
        ConfigError: The request cannot work.
    """
    from hpolab.errors import ConfigError
    from hpolab.race import Race, RaceConfig

    there = None if what is None else _folder(what)
    if there is not None:
        if given or fitness is not None:
            raise ConfigError("cannot change a race that has begun; give the new one a name.")
        return _continued(there)
    if fitness is not None:
        if what is not None or "dimensions" in given:
            raise ConfigError("has its own name and dimensions; leave them out.", field="fitness")
        return Race(_with_fitness(fitness, given))
    if what is not None and what.endswith((".yaml", ".yml")):
        from hpolab.storage.plain_yaml import read_yaml

        return Race(RaceConfig.parse({**read_yaml(Path(what)), **given}))
    return Race(RaceConfig(**({"function": what} if what else {}), **given))


def _with_fitness(path: Path, given: dict[str, Any]) -> RaceConfig:
    """A race on the user's own function, which is looked at before anything starts."""
    from hpolab.race import RaceConfig
    from hpolab.sandbox import OwnFunction, try_out

    function = OwnFunction.read(path)
    try_out(function)
    return RaceConfig(fitness=function, **given)


def _folder(what: str) -> Path | None:
    """The race folder at a path, or of a name among the machine's races."""
    from hpolab.race.folder import races_dir

    for path in (Path(what), races_dir() / what):
        if (path / "config.yaml").is_file():
            return path
    return None


def _continued(path: Path) -> Race:
    from hpolab.errors import ConfigError
    from hpolab.race import Race

    there = Race.follow(path)
    if there.state == "finished":
        raise ConfigError(f"{path} has finished: {there.record.reason}. Start another race.")
    return there
