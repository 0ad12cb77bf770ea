"""Panels with figures: plotly's JavaScript once for a page, figures when they come into sight.

The front end (``figures.js`` of hpolab.page) asks for a figure by name when it is about to be seen
and gets JSON as a message, because a figure kept in a trait would be sent to every page and saved
with every notebook. plotly is imported, and figures are drawn, aside from the kernel's loop.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import lru_cache
from html import escape
from importlib.resources import files
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from hpolab.errors import ConfigError
from hpolab.palette import DARK, FAMILIES, FONTS, LIGHT, SERIES
from hpolab_widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hpolab.plots import Plot
    from hpolab_widgets.hosting import Host

__all__ = ["ChartPanel", "Drawn", "Pen"]

Pen = Callable[[], "Plot"]
"""Draws a figure. It is called in another thread, so it touches no trait."""

_MOMENT_SECONDS = 0.06
_KEPT = 80


class Drawn(NamedTuple):
    """A figure as the browser gets it.

    Attributes:
        plot: None when it could not be drawn.
        figure: As JSON; empty when it could not.
        problem: Why it could not, in words.
    """

    plot: Plot | None
    figure: bytes
    problem: str = ""


class _Job(NamedTuple):
    name: str
    stamp: str
    pen: Pen


class ChartPanel(Panel):
    """A panel whose front end draws figures; it ``uses`` the part "figures".

    A subclass says in ``pen`` what a name means now, and in ``stamp`` what that depends on. A few
    figures are drawn at a time, those that are waited for first, in the order in which they were
    wished; one that was drawn for the same stamp is sent as it was.
    """

    def __init__(self, *arguments: Any, **traits: Any) -> None:
        """A panel; see Panel."""
        self._kept: dict[tuple[str, str], Drawn] = {}
        self._asked: dict[str, None] = {}  # in order
        self._wanted: dict[str, None] = {}
        self._draws = False
        super().__init__(*arguments, **traits)

    def stamp(self, name: str) -> str:
        """What the figure of this name depends on, as a text; it is drawn anew for another one.

        Raises:
            ConfigError: There is no such figure.
        """
        raise NotImplementedError

    def pen(self, name: str) -> Pen:
        """What draws the figure of this name, as things are now."""
        raise NotImplementedError

    def drawn(self, name: str) -> Drawn | None:
        """The figure as it was drawn for the present stamp, None if it was not."""
        return self._kept.get((name, self.stamp(name)))

    def on_drawn(self) -> None:
        """Called after some figures were drawn, on the kernel's loop."""

    def file_name(self, name: str) -> str:
        """What a figure is called as a file, without the ending."""
        return name.replace("/", "-")

    def want(self, *names: str) -> None:
        """Have figures drawn when nobody waits for one."""
        self._wanted |= dict.fromkeys(name for name in names if self.drawn(name) is None)
        self._draw_some()

    def wish_library(self) -> None:
        """Send plotly's JavaScript, and which colour of light pages is which on dark ones."""
        self.aside(
            "Fetching what draws the figures",
            _library,
            lambda packed: self.send({"library": "plotly", "twins": _twins()}, [packed]),
        )

    def wish_plot(self, name: Any) -> None:
        """Send a figure, as soon as it is drawn.

        Raises:
            ConfigError: There is none of that name.
        """
        known = self.drawn(str(name))
        if known is not None:
            self._hand_out(str(name), self.stamp(str(name)), known)
            return
        self._asked[str(name)] = None
        self._draw_some()

    def wish_keep(self, name: Any) -> None:
        """Hand out a figure as a page that needs no server and no other file.

        Raises:
            ConfigError: There is none of that name, or it is not drawn yet.
        """
        known = self.drawn(str(name))
        if known is None or known.plot is None:
            raise ConfigError("this figure is not drawn yet; wait a moment.")
        words, file = self.words(known.plot), f"{self.file_name(str(name))}.html"
        self.aside(
            "Making the page",
            lambda: _page(known, words),
            lambda page: self.download(file, page, kind="text/html"),
        )

    def _draw_some(self) -> None:
        """Draw the next few aside, and then those after them."""
        if self._draws:
            return
        jobs = [job for name in [*self._asked, *self._wanted] if (job := self._job(name))]
        if not jobs:
            return
        self._draws, host, in_words = True, self.lab.host, self._in_words

        def attempt(job: _Job) -> Drawn:
            try:
                plot = job.pen()
                return Drawn(plot, _as_json(plot, host))
            except Exception as error:
                return Drawn(None, b"", in_words(error, f"could not draw {job.name}"))

        def work() -> list[tuple[_Job, Drawn]]:
            end, done = monotonic() + _MOMENT_SECONDS, []
            for job in jobs:
                done.append((job, attempt(job)))
                if monotonic() > end:
                    break
            return done

        self.aside("Drawing", work, self._take_in)

    def _job(self, name: str) -> _Job | None:
        """What is to be done for a figure; None if it is gone since it was wanted."""
        try:
            return _Job(name, self.stamp(name), self.pen(name))
        except ConfigError:
            self._asked.pop(name, None)
            self._wanted.pop(name, None)
            return None

    def _take_in(self, done: list[tuple[_Job, Drawn]]) -> None:
        """Keep what was drawn, send what is waited for, and go on."""
        self._draws = False
        for (name, stamp, _), drawn in done:
            self._kept[name, stamp] = drawn
            self._wanted.pop(name, None)
            if name in self._asked:
                del self._asked[name]
                self._hand_out(name, stamp, drawn)
        for oldest in list(self._kept)[:-_KEPT]:
            del self._kept[oldest]
        self.on_drawn()
        self._draw_some()

    def _hand_out(self, name: str, stamp: str, drawn: Drawn) -> None:
        message = {"plot": name, "stamp": stamp, "problem": drawn.problem}
        if drawn.plot is None:
            self.send(message)
            return
        self.send({**message, "words": self.words(drawn.plot)}, [drawn.figure])

    def words(self, plot: Plot) -> dict[str, Any]:
        """What a person reads beside a figure, and how high it is, in pixels."""
        words = {name: getattr(plot, name) for name in ("title", "reading", "warning", "verdict")}
        words["height"] = plot.figure.layout.height
        return {name: _presentable(part, self.lab.host) for name, part in words.items()}


@lru_cache(maxsize=1)
def _library() -> bytes:
    """The JavaScript of plotly, packed: 1.5 MB instead of 4.8."""
    script = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return gzip.compress(script, compresslevel=6)


@lru_cache(maxsize=1)
def _twins() -> dict[str, str]:
    """The dark colour for every light one. White is a ground here, rarely the text on accents."""
    pairs = [(LIGHT[name], DARK[name]) for name in LIGHT if name != "on-accent"]
    return dict([*SERIES.values(), *FAMILIES.values(), *pairs])


def _as_json(plot: Plot, host: Host) -> bytes:
    """A figure for the browser, with every text in it as the user may read it."""
    from hpolab.plots.style import as_json

    figure = _presentable(as_json(plot.figure), host)
    return json.dumps(figure, separators=(",", ":"), allow_nan=False).encode()


def _presentable(part: Any, host: Host) -> Any:
    """The same, but for packed numbers and pictures, whose letters are no words."""
    if isinstance(part, dict):
        is_packed = "bdata" in part
        return part if is_packed else {name: _presentable(part[name], host) for name in part}
    if isinstance(part, list):
        return [_presentable(each, host) for each in part]
    if isinstance(part, str) and not part.startswith("data:"):
        return host.worded(part)
    return part


def _page(drawn: Drawn, words: Mapping[str, Any]) -> bytes:
    """A figure with its words as one file that needs no other."""
    from plotly.io import to_html

    title = escape(words["title"])
    said = [words[name] for name in ("verdict", "reading", "warning") if words[name]]
    figure = to_html(json.loads(drawn.figure), include_plotlyjs=True, full_html=False)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
        f'<body style="font-family: {escape(FONTS["text"])}; margin: 2em; max-width: 60em">\n'
        f"<h1>{title}</h1>\n{figure}\n{''.join(f'<p>{escape(text)}</p>' for text in said)}\n"
    ).encode()
