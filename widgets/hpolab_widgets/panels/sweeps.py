"""The sweep browser: every sweep folder, to open, continue, compare, export and delete."""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING, Any

import traitlets as t

from hpolab.analysis import Overviews
from hpolab.errors import ConfigError
from hpolab.storage.files import disk_bytes
from hpolab.storage.removal import delete_sweep
from hpolab.sweep import Sweep
from hpolab_widgets.browsing import comparison, filtered, packed, row
from hpolab_widgets.hosting import EXAMPLE, is_example
from hpolab_widgets.panel import Panel

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.analysis import Overview
    from hpolab_widgets.state import Source

__all__ = ["Sweeps"]

_PATIENCE_SECONDS = 0.02
_BREATH_SECONDS = 0.02
_IDLE_SECONDS = 2.0
_MOST_CHOSEN = 100
_KINDS = {"zip": "application/zip", "csv": "text/csv", "html": "text/html"}


class Sweeps(Panel, front="sweeps"):
    """All sweeps of the lab's directory, the newest first.

    Where the kernel has a loop, folders are read a few at a time between other things, and looked
    at again every two seconds; else all are read at once, when something is drawn.
    """

    watches = ("sweep",)

    filter = t.Unicode(help="Words that must occur in name, data set or state.").tag(sync=True)
    page = t.Int(0, min=0, help="Which page, from 0.").tag(sync=True)
    page_size = t.Int(20, min=1, max=200, help="Rows a page.").tag(sync=True)
    chosen = t.Tuple(help="Names of the sweeps that are compared.").tag(sync=True)

    def __init__(self, source: Source = None, **traits: Any) -> None:
        """See Panel."""
        self._overviews: Overviews | None = None
        self._examples = Overviews(EXAMPLE.parent)
        self._found: dict[str, Overview] = {}
        self._shown: list[Overview] = []
        self._sizes: dict[Path, tuple[Overview, int]] = {}
        self._has_loop = _has_loop()
        super().__init__(source, **traits)
        if self._has_loop:
            self._watch = asyncio.get_running_loop().create_task(self._keep_up())

    def draw(self) -> dict[str, Any]:
        """The rows of this page, and the comparison of what is chosen."""
        overviews, examples = self._look()
        matching = filtered(overviews, self.filter)
        n_pages = max(1, -(-len(matching) // self.page_size))
        page = min(self.page, n_pages - 1)
        shown = matching[page * self.page_size :][: self.page_size]
        self._shown = [*shown, *filtered(examples, self.filter)]
        return {
            "count": len(overviews),
            "matching": len(matching),
            "unread": sum(overview.state == "unread" for overview in (*overviews, *examples)),
            "page": page,
            "pages": n_pages,
            "rows": [self._row(overview) for overview in self._shown],
            "can_visit": not self._owns_lab,  # alone in a cell there are no pages to go to
            "comparison": comparison(
                [
                    self._found[name]
                    for name in self.chosen[:_MOST_CHOSEN]
                    if isinstance(name, str) and name in self._found
                ]
            ),
        }

    def close(self) -> None:
        """Leave the page and stop looking at the folders."""
        if self._has_loop:
            self._watch.cancel()
        super().close()

    def wish_open(self, name: Any) -> None:
        """Show a sweep in the lab."""
        sweep = self._sweep(name)
        shown = self.lab.sweep
        if shown is not None and shown.sweep.path.resolve() == sweep.path.resolve():
            self.lab.page = "sweep"  # as it was left, with what is opened and how it is weighed
        else:
            self._show(sweep)

    def wish_continue(self, name: Any) -> None:
        """Start a sweep again where it stopped, and show it."""
        sweep = self._changeable(name)
        self.lab.host.check(sweep.config)
        self.aside(
            f"Starting {sweep.folder.name} …",
            lambda: sweep.start(),
            lambda _: self._show(Sweep.follow(sweep.path)),
        )

    def wish_resume(self, name: Any) -> None:
        """End a sweep's pause, and show it."""
        sweep = self._changeable(name)
        sweep.resume()
        self._show(sweep)

    def wish_export(self, name: Any, kind: Any) -> None:
        """Hand over a sweep's folder as a ZIP, its trials as a CSV, or its replay as a page."""
        if kind not in _KINDS:
            raise ConfigError("say whether to export a zip, a csv or an html.")
        folder, host = self._sweep(name).folder, self.lab.host
        self.aside(
            f"Packing {folder.name} …",
            lambda: packed(folder, kind, host=host),
            lambda content: self.download(f"{folder.name}.{kind}", content, kind=_KINDS[kind]),
        )

    def wish_delete(self, name: Any) -> None:
        """Delete a sweep's folder for good; the front end has asked twice."""
        path = self._overview(name).folder.path
        self._refuse_example(path)
        within = self.lab.host.sweeps_dir

        def forget(_: None) -> None:
            if self.lab.sweep is not None and self.lab.sweep.sweep.path.resolve() == place:
                self.lab.show(None)
            self.refresh()

        place = path.resolve()
        self.aside(f"Deleting {path.name} …", lambda: delete_sweep(path, within=within), forget)

    def wish_new(self) -> None:
        """Go to where a sweep is set up."""
        self.lab.page = "setup"

    def _row(self, overview: Overview) -> dict[str, Any]:
        path = overview.folder.path
        opened = self.lab.sweep.sweep.path.resolve() if self.lab.sweep else None
        return row(
            overview,
            key=_key(overview),
            n_bytes=self._size(overview),
            may_change=self.lab.host.may_change(path),
            is_open=path.resolve() == opened,
            is_example=is_example(path),
        )

    def _show(self, sweep: Sweep) -> None:
        self.lab.show(sweep)
        self.lab.page = "sweep"

    def _overview(self, name: Any) -> Overview:
        """What was found under this name: a name from a browser is never made into a path."""
        if not isinstance(name, str) or name not in self._found:
            raise ConfigError(f"there is no sweep {name!r:.100} here any more.")
        return self._found[name]

    def _sweep(self, name: Any) -> Sweep:
        sweep = self.lab.host.admit(Sweep.follow(self._overview(name).folder.path))
        sweep.record  # noqa: B018 - a damaged journal is refused here, before it is shown
        return sweep

    def _changeable(self, name: Any) -> Sweep:
        sweep = self._sweep(name)
        self._refuse_example(sweep.path)
        return self.lab.host.in_care(sweep)

    def _refuse_example(self, path: Path) -> None:
        if not self.lab.host.may_change(path):
            raise ConfigError(f"{path.name} is an example, or read-only; it stays as it is.")

    def _look(self) -> tuple[list[Overview], list[Overview]]:
        """The sweeps in the lab's directory, and the example, which always comes last."""
        directory = self.lab.host.sweeps_dir
        if self._overviews is None or self._overviews.directory != directory:
            self._overviews = Overviews(directory)
        patience = _PATIENCE_SECONDS if self._has_loop else inf
        found = self._overviews.look(patience_seconds=patience)
        own = [overview for overview in found if not is_example(overview.folder.path)]
        examples = [
            each
            for each in self._examples.look(patience_seconds=inf)
            if is_example(each.folder.path)
        ]
        self._found = {_key(overview): overview for overview in (*own, *examples)}
        return own, examples

    def _size(self, overview: Overview) -> int | None:
        """In bytes, as it was measured last; None before that."""
        path = overview.folder.path
        if not self._has_loop and self._is_unmeasured(overview):
            self._sizes[path] = (overview, disk_bytes(path))
        return self._sizes[path][1] if path in self._sizes else None

    def _is_unmeasured(self, overview: Overview) -> bool:
        known = self._sizes.get(overview.folder.path)
        return overview.state != "unread" and (known is None or known[0] is not overview)

    async def _keep_up(self) -> None:
        """Read what is unread, measure what is shown, then look again now and then."""
        while True:
            await asyncio.sleep(_BREATH_SECONDS if self.view.get("unread") else _IDLE_SECONDS)
            self.refresh()
            if self.view.get("unread"):
                continue
            for overview in filter(self._is_unmeasured, tuple(self._shown)):
                path = overview.folder.path
                n_bytes = await asyncio.to_thread(disk_bytes, path)
                self._sizes[path] = (overview, n_bytes)
            self.refresh()


def _key(overview: Overview) -> str:
    """A sweep's name; no folder of a sweep can be called as the example is here."""
    name = overview.folder.name
    return f"example/{name}" if is_example(overview.folder.path) else name


def _has_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
