"""From what a person names to the network that is meant."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.diagnostics.arrays import Arrays
from hpolab.diagnostics.layers import layer_health
from hpolab.errors import StoreError
from hpolab.network import ArchitectureGraph

if TYPE_CHECKING:
    import keras

    from hpolab.sweep import Sweep

__all__ = ["graph_of_file", "graph_of_model", "graph_of_trial", "is_model", "is_model_file"]

_ARCHITECTURE = "architecture.json"
_NOT_YET = "its network is known once its training has begun"


def is_model(source: Any) -> bool:
    """Whether it is a Keras model; Keras itself is not needed to say so."""
    return hasattr(source, "layers") and hasattr(source, "count_params")


def is_model_file(source: Any) -> bool:
    """Whether it is the path of one network, rather than of a sweep."""
    return isinstance(source, str | Path) and Path(source).suffix in {".keras", ".h5", ".json"}


def graph_of_model(model: keras.Model) -> ArchitectureGraph:
    """The network of a Keras model.

    Raises:
        ConfigError: It has no graph to be seen.
    """
    from hpolab.network.extract import extract

    return extract(model)


def graph_of_file(path: Path) -> ArchitectureGraph:
    """The network in an architecture.json or in a saved Keras model, whose code is not run.

    Raises:
        StoreError: It cannot be read.
    """
    if path.suffix == ".json":
        return ArchitectureGraph.load(path)
    if not path.is_file():
        raise StoreError(f"there is no file {path}.")
    import keras

    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever its readers do
        raise StoreError(f"cannot read {path} as a Keras model: {error}") from error
    return graph_of_model(model)


def graph_of_trial(sweep: Sweep, number: int) -> ArchitectureGraph:
    """The network of a trial, with how its layers were at the end, where that was recorded.

    Raises:
        StoreError: None was written, or it cannot be read.
    """
    folders = [sweep.folder.trial(number)]
    if sweep.folder.best_trial() == number:
        folders.append(sweep.folder.best)
    folder = next((each for each in folders if (each / _ARCHITECTURE).is_file()), None)
    if folder is None:
        raise StoreError(f"there is no network of trial {number} to show: {_NOT_YET}.")
    index = folder / "diagnostics" / "index.json"
    stamps = tuple(
        path.stat().st_mtime_ns if path.is_file() else 0
        for path in (folder / _ARCHITECTURE, index)
    )
    return _read(folder, stamps)


@lru_cache(maxsize=16)
def _read(folder: Path, stamps: tuple[int, ...]) -> ArchitectureGraph:
    """Read once for as long as the files stay as they are."""
    graph = ArchitectureGraph.load(folder / _ARCHITECTURE)
    recorded = Arrays.find(folder) if stamps[1] else None
    return graph.with_health(layer_health(recorded)) if recorded else graph
