"""The process that reads data for the setup panel: ``python -m hpolab_widgets.setup.reader``.

Decoding a data set can take a minute and a gigabyte, loads scikit-learn or pillow, and can meet
damaged files; none of that belongs into the kernel of a notebook. It takes one order as JSON from
its standard input and answers in lines of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpolab.data import fetch, load
from hpolab.data.known import KNOWN
from hpolab.data.locate import find
from hpolab.data.sources import source_of
from hpolab.errors import ConfigError, HpolabError
from hpolab.trial import DatasetSpec
from hpolab_widgets.setup.checking import field_of
from hpolab_widgets.setup.parts import Size
from hpolab_widgets.setup.samples import samples_of
from hpolab_widgets.setup.speed import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hpolab.data import Progress

__all__ = ["answer", "main"]

_STEPS = 100


def main() -> None:
    """Answer the order on the standard input."""

    def tell(line: Mapping[str, Any]) -> None:
        print(json.dumps(line), flush=True)  # noqa: T201 - what this process is for

    answer(json.load(sys.stdin), tell)


def answer(order: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> None:
    """Do what is ordered, telling what is found as soon as it is.

    Args:
        order: ``dataset`` (a DatasetSpec), and ``prepare`` to decode it for a search that is
            about to start, else ``model`` and ``sweeps_dir``; ``download`` allows to fetch it.
        tell: Called with ``{"progress": share}``, ``{"samples", "classes", "size"}``,
            ``{"speeds": [...]}``, ``{"ready": True}``, ``{"absent": True}`` or
            ``{"problem", "field"}``.
    """
    spec = DatasetSpec.parse(order["dataset"])
    try:
        if _is_absent(spec):
            if not order.get("download"):
                tell({"absent": True})
            else:
                fetch(spec.name, spec.directory, on_progress=_progress(spec.name, tell))
        if order.get("prepare"):
            load(spec)
            tell({"ready": True})
        else:
            _look(spec, order, tell)
    except ConfigError as error:
        tell({"problem": error.rule, "field": error.below("dataset").field})
    except HpolabError as error:
        tell({"problem": str(error), "field": field_of(error)})


def _look(
    spec: DatasetSpec, order: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]
) -> None:
    """Samples first, since they are looked at first; then what earlier sweeps took."""
    known = KNOWN.get(spec.name)
    size = Size(known.n_train, known.n_test) if known else None
    if not _is_absent(spec):
        raw = source_of(spec).read()
        size = Size(len(raw.y) - raw.n_test, raw.n_test)
        kind = "image" if hasattr(raw.x, "shape") else "text"
        tell(
            {"samples": samples_of(raw), "classes": raw.classes, "size": list(size), "kind": kind}
        )
    speeds = measured(Path(order["sweeps_dir"]), spec, order["model"], size=size)
    tell({"speeds": [list(speed) for speed in speeds]})


def _is_absent(spec: DatasetSpec) -> bool:
    known = KNOWN.get(spec.name)
    return bool(known and known.remotes) and find(spec.name, spec.directory) is None


def _progress(name: str, tell: Callable[[Mapping[str, Any]], None]) -> Callable[[Progress], None]:
    """What a download calls: tells the share of all files, a hundred times at most."""
    total = sum(remote.n_bytes for remote in KNOWN[name].remotes)
    there: dict[str, int] = {}
    told = -1

    def show(progress: Progress) -> None:
        nonlocal told
        there[progress.file] = progress.n_bytes
        step = int(_STEPS * sum(there.values()) / total)
        if step != told:
            told = step
            tell({"progress": min(1.0, step / _STEPS)})

    return show


if __name__ == "__main__":
    main()
