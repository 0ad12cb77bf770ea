"""What every panel is: a widget with a front end of its own that draws what Python says.

One direction each: Python replaces ``view``, and the front end draws it; a person's wish comes
back as a message that names a method. Front ends are plain ECMAScript modules in ``static/``, put
together here from a small library, what all share, and the panel's own file, so that nothing is
built and nothing is fetched.
"""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import anywidget
import traitlets as t

from hpolab import page
from hpolab.errors import HpolabError, did_you_mean
from hpolab_widgets.state import LabState
from hpolab_widgets.wishes import check_details

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab_widgets.state import Source

__all__ = ["Panel"]

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

_TEXTS = ("text/csv", "application/yaml", "application/json")
_ANSWERS = ("view", "problem", "busy")
_SORRY = "That went wrong inside hpolab; the log says how. Nothing that was trained is lost."


class Panel(anywidget.AnyWidget):
    """A part of the lab, usable alone in a cell.

    A subclass names its files in ``static/`` (``class Gallery(Panel, front="gallery")``) and, in
    ``uses``, those of hpolab.page that come before them; it says
    what is to be drawn in ``draw``, which traits of the lab's state it looks at in ``watches``,
    and has a method ``wish_<verb>`` for everything that a person may wish with it.

    Traits tagged ``told`` are told to the browser, which cannot set them; what it sets of the
    others, and all that it wishes, may be of any type and value.

    Attributes:
        lab: What the panels of one lab share.
    """

    _listens = False

    watches: ClassVar[tuple[str, ...]] = ("version", "weights")

    view = t.Dict(help="What the front end draws; replaced, never changed.").tag(
        sync=True, told=True
    )
    problem = t.Unicode(help="Why the last wish was refused; empty when it was not.").tag(
        sync=True, told=True
    )
    busy = t.Tuple(help="What it does aside that takes a while, in words.").tag(
        sync=True, told=True
    )
    _is_undrawn = False

    def __init_subclass__(
        cls, *, front: str = "", uses: tuple[str, ...] = (), **options: Any
    ) -> None:
        super().__init_subclass__(**options)
        if front:
            cls._esm, cls._css = _module(front, uses), _style(front, uses)

    def __init__(self, source: Source = None, **traits: Any) -> None:
        """A panel on a sweep, or on the state of a lab.

        Args:
            source: A Sweep, the path of a sweep folder, a LabState to share; None for no sweep.
            traits: Values of the panel's own traits.

        Raises:
            TypeError: A name is no trait of this panel.
            StoreError: There is no sweep at that path.
        """
        own = [
            name for name in self.trait_names() if name not in anywidget.AnyWidget.class_traits()
        ]
        for name in traits:
            if name not in own:
                raise TypeError(
                    f"{type(self).__name__} has no {name!r}; {did_you_mean(name, own)}"
                )
        self.lab = LabState.of(source)
        self._owns_lab = self.lab is not source
        self._tasks: set[asyncio.Task[None]] = set()
        super().__init__(**traits)
        self._listens = True
        self.on_msg(self._on_message)
        self.lab.observe(self._on_change, names=list(self.watches))
        if chosen := [name for name in own if name not in _ANSWERS]:  # none would mean all
            self.observe(self._on_change, names=chosen)
        self.refresh()

    def draw(self) -> dict[str, Any]:
        """What the front end shall draw, as JSON."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draw anew; what hinders that is said in the panel, and does not hinder the others."""
        try:
            self.view = self.lab.host.presentable(self.draw())
        except Exception as error:
            if not (self._is_undrawn and self.problem):  # it is tried several times a second
                self.problem, self._is_undrawn = self._in_words(error, "could not draw"), True
            return
        if self._is_undrawn:
            self.problem, self._is_undrawn = "", False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take in what the browser has set, where it is the browser's to set."""
        told = self.traits(told=True)
        try:
            super().set_state({name: sync_data[name] for name in sync_data if name not in told})
        except t.TraitError as error:
            log.warning("%s: a browser set what cannot be: %s", type(self).__name__, error)

    def close(self) -> None:
        """Leave the page and stop listening; a lab of the panel's own stops following."""
        if self._listens:
            self._listens = False
            self.lab.unobserve(self._on_change, names=list(self.watches))
            self.on_msg(self._on_message, remove=True)
            if self._owns_lab:
                self.lab.close()
        super().close()

    def wish(self, verb: str, /, **details: Any) -> None:
        """Do what a person wishes; a refusal is put into words in ``problem``."""
        method: Callable[..., None] | None = getattr(self, f"wish_{verb}", None)
        if method is None:
            log.warning("%s knows no wish %r", type(self).__name__, verb)
            return
        self.problem = ""
        try:
            check_details(method, details)
            method(**details)
        except Exception as error:
            self.problem = self._in_words(error, f"could not {verb}")

    def aside(
        self, words: str, work: Callable[[], _Result], then: Callable[[_Result], None]
    ) -> None:
        """Do what takes long without holding up the kernel; at once where it has no loop.

        Args:
            words: Said in ``busy`` meanwhile.
            work: Runs in another thread, so it must touch no trait. What it raises is put into
                words in ``problem``.
            then: Gets what was returned, back on the kernel's loop.
        """
        self.busy = (*self.busy, words)

        def end(result: _Result | None, error: Exception | None) -> None:
            left = list(self.busy)
            left.remove(words)
            self.busy = tuple(left)
            try:
                if error is not None:
                    raise error
                then(result)  # type: ignore[arg-type]  # without an error there is a result
            except Exception as failure:
                self.problem = self._in_words(failure, words)

        _run_aside(self._tasks, work, end)

    def download(
        self, name: str, content: bytes, *, kind: str = "application/octet-stream"
    ) -> None:
        """Hand a file to the browser; a text, as the user may read it.

        Args:
            name: What it shall be called there.
            content: All of it.
            kind: Its media type.
        """
        if kind in _TEXTS:
            content = self.lab.host.worded(content.decode()).encode()
        self.send({"download": name, "type": kind}, [content])

    def _in_words(self, error: Exception, what: str) -> str:
        """What a person is told of an error; what is not of our own making is logged in full."""
        if isinstance(error, HpolabError):
            return self.lab.host.worded(str(error))
        log.error("%s: %s", type(self).__name__, what, exc_info=error)
        return _SORRY

    def _on_message(self, _: Any, content: Any, __: Any) -> None:
        if not isinstance(content, dict):
            log.warning("%s was sent what is no wish", type(self).__name__)
            return
        details = {str(name): value for name, value in content.items() if name != "wish"}
        self.wish(str(content.get("wish", "")), **details)

    def _on_change(self, _: Any) -> None:
        self.refresh()


def _run_aside(
    tasks: set[asyncio.Task[None]],
    work: Callable[[], _Result],
    end: Callable[[_Result | None, Exception | None], None],
) -> None:
    def attempt() -> tuple[_Result | None, Exception | None]:
        try:
            return work(), None
        except Exception as error:
            return None, error

    async def run() -> None:
        end(*await asyncio.to_thread(attempt))

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        end(*attempt())
        return
    task = loop.create_task(run())
    tasks.add(task)  # the loop itself keeps only a weak hold on it
    task.add_done_callback(tasks.discard)


@lru_cache
def _module(front: str, uses: tuple[str, ...]) -> str:
    return "\n".join((page.script(*uses), _static(f"{front}.js")))


@lru_cache
def _style(front: str, uses: tuple[str, ...]) -> str:
    return "\n".join((page.sheet(*uses), _static(f"{front}.css")))


def _static(name: str) -> str:
    return files("hpolab_widgets").joinpath("static", name).read_text(encoding="utf-8")
