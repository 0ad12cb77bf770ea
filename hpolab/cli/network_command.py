"""``hpolab network``: a trial's network, or anybody's, as a drawing or as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph, Picture
    from hpolab.network.drawing import Colours

__all__ = ["register"]

_SUFFIXES = (".svg", ".pdf", ".json", ".cyjs")
_METAVAR = "SWEEP | MODEL.keras"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(network)


def network(
    which: Annotated[
        str,
        typer.Argument(
            metavar=_METAVAR, help="A sweep, or a model that Keras saved.", show_default=False
        ),
    ],
    trial: Annotated[
        int | None,
        typer.Argument(min=0, help="Number of a trial; the best when left out.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A file .svg, .pdf, .json (all layers) or .cyjs (for Cytoscape); "
            "network.svg when left out.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="Colours say: kind, health, activation, parameters, gradient.")
    ] = "kind",
    unfold: Annotated[
        list[str] | None,
        typer.Option("--unfold", help="Open this block of a large network.", show_default=False),
    ] = None,
) -> None:
    """Draw a network: layers, shapes, parameters, and what feeds what."""
    from hpolab.cli.console import console

    path = out or Path("network.svg")
    suffix = _suffix(path)
    graph, title = _graph(which, trial)
    console().print(f"wrote {_write(path, suffix, graph, title, by, unfold or [])}", soft_wrap=True)


def _suffix(path: Path) -> str:
    from hpolab.errors import ConfigError, did_you_mean

    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        hint = did_you_mean(suffix, _SUFFIXES)
        raise ConfigError(f"cannot write a network as {path.name}; {hint}")
    return suffix


def _graph(which: str, trial: int | None) -> tuple[ArchitectureGraph, str]:
    """The network that a person means, with what is known of its layers; and what to call it."""
    from hpolab.errors import ConfigError, StoreError

    if Path(which).suffix in {".keras", ".h5"}:
        if trial is not None:
            raise ConfigError(f"{which} is a model, not a sweep: it has no trial {trial}.")
        return _of_model(Path(which)), Path(which).stem
    from hpolab.cli.finding import open_sweep
    from hpolab.network import ArchitectureGraph

    sweep = open_sweep(which)
    if trial is None:
        if sweep.best is None:
            raise StoreError(f"{sweep.path} has no winner yet; name a trial.")
        trial = sweep.best.number
    if trial not in sweep.record.trials:
        raise ConfigError(f"{which} has no trial {trial}; `hpolab show {which}` lists them.")
    folder = sweep.record.trials[trial].reused_from
    return ArchitectureGraph.load(_folder_of(sweep, trial) / "architecture.json"), (
        f"{sweep.path.name}, trial {trial}"
    )
