"""``hpolab network``: a trial's network, or anybody's, as a drawing or as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hpolab.network import ArchitectureGraph

__all__ = ["register"]

_SUFFIXES = (".svg", ".pdf", ".json", ".cyjs")


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(network)


def network(
    which: Annotated[
        str,
        typer.Argument(
            metavar="SWEEP | MODEL.keras",
            help="A sweep's folder or name, or a model that Keras has saved.",
            show_default=False,
        ),
    ],
    trial: Annotated[
        int | None,
        typer.Argument(
            min=0, help="A trial's number; the best when left out.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="A .svg or .pdf; all layers as .json; or .cyjs."),
    ] = Path("network.svg"),
    by: Annotated[
        str, typer.Option(help="Colours: kind, health, activation, parameters or gradient.")
    ] = "kind",
    unfold: Annotated[
        list[str] | None,
        typer.Option(help="Open this block of a large network; as often as needed."),
    ] = None,
) -> None:
    """Draw a network: its layers, their shapes and parameters, and what feeds what."""
    from hpolab.cli.console import console
    from hpolab.errors import ConfigError, StoreError, did_you_mean

    suffix = out.suffix.lower()
    if suffix not in _SUFFIXES:
        hint = did_you_mean(suffix, _SUFFIXES)
        raise ConfigError(f"cannot write a network as {out.name!r}; {hint}")
    graph, title = _asked(which, trial)
    content = _content(graph, suffix, title=title, by=by, unfold=frozenset(unfold or ()))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise StoreError(f"cannot write {out}: {error.strerror or error}.") from error
    console().print(f"wrote {out}", soft_wrap=True)


def _asked(which: str, trial: int | None) -> tuple[ArchitectureGraph, str]:
    """The network that a person means, and what to call it."""
    from hpolab.errors import ConfigError

    if Path(which).suffix != ".keras":
        return _of_trial(which, trial)
    if trial is not None:
        raise ConfigError(f"{which} is a model, not a sweep: leave {trial} out.")
    return _of_model(Path(which)), Path(which).stem


def _of_model(path: Path) -> ArchitectureGraph:
    """The network in a file; code in it is not run."""
    import os

    from hpolab.errors import StoreError

    if not path.is_file():
        raise StoreError(f"there is no file {path}.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # nothing of it is about the drawing
    import keras

    from hpolab.network import extract

    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever its readers do
        raise StoreError(f"cannot read {path} as a Keras model: {error}") from error
    return extract(model)


def _of_trial(which: str, trial: int | None) -> tuple[ArchitectureGraph, str]:
    """A trial's network, with how its layers were where that was recorded; and its title."""
    from hpolab.cli.finding import open_sweep
    from hpolab.diagnostics.arrays import Arrays
    from hpolab.diagnostics.layers import layer_health
    from hpolab.errors import ConfigError, StoreError
    from hpolab.network import ArchitectureGraph

    sweep = open_sweep(which)
    if trial is None:
        if sweep.best is None:
            raise StoreError(f"{sweep.path} has no winner yet: name a trial.")
        trial = sweep.best.number
    if trial not in sweep.record.trials:
        raise ConfigError(f"{which} has no trial {trial}; `hpolab show {which}` lists them.")
    ended = sweep.record.trials[trial].ended
    trained = ended.reused_from if ended and ended.reused_from is not None else trial
    folder = sweep.folder.best if trained == sweep.folder.best_trial() else None
    if folder is None or not (folder / "architecture.json").is_file():
        folder = sweep.folder.trial(trained)
    graph = ArchitectureGraph.load(folder / "architecture.json")
    recorded = Arrays.find(folder)
    if recorded is not None:
        graph = graph.with_health(layer_health(recorded))
    return graph, f"{sweep.path.name}, trial {trial}"


def _content(
    graph: ArchitectureGraph, suffix: str, *, title: str, by: str, unfold: frozenset[str]
) -> bytes:
    """What the file will hold."""
    import json

    from hpolab.network import picture
    from hpolab.network.cytoscape import cytoscape
    from hpolab.network.drawing import Colours
    from hpolab.network.pdf import pdf
    from hpolab.network.svg import svg

    colours = Colours.by(graph, drawn := picture(graph, unfold), by)
    if suffix == ".pdf":
        return pdf(drawn, colours, title=title)
    if suffix == ".svg":
        return svg(drawn, colours, title=title).encode()
    data = graph.to_dict() if suffix == ".json" else cytoscape(drawn)
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()
