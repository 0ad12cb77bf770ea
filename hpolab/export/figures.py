"""All figures of a sweep and of its best trial as files: pages that can be zoomed, or pictures."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from hpolab.errors import ConfigError, StoreError, did_you_mean
from hpolab.storage.files import storing, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hpolab.plots.plot import Plot
    from hpolab.scoring import ScoringWeights
    from hpolab.sweep import Sweep

__all__ = ["FORMATS", "Format", "export_figures"]

Format = Literal["html", "png", "svg"]
FORMATS: tuple[str, ...] = get_args(Format)

_WIDTH = 800
_LIBRARY = "plotly.min.js"


class _Named(NamedTuple):
    """A figure and the stem of its file."""

    stem: str
    plot: Plot


def export_figures(
    sweep: Sweep,
    directory: Path | str,
    *,
    format: Format = "html",  # noqa: A002 - what everyone calls it
    weights: ScoringWeights | None = None,
) -> list[Path]:
    """Write every figure of the sweep, and every one of its best trial.

    Args:
        sweep: Running or not.
        directory: Made when missing; files of the same names are replaced.
        format: "html" for pages to be opened by a browser, without a server or a network: they
            share one file of plotly's JavaScript, and ``index.html`` shows all figures with how to
            read them. "png" or "svg" for pictures, which needs kaleido and Chrome or Chromium.
        weights: What counts; None for the sweep's own.

    Returns:
        The files of the figures, in the order of the figures.

    Raises:
        ConfigError: The format is unknown, or what it needs is not installed.
        StoreError: The folder cannot be written, or what was recorded is damaged.
    """
    if format not in FORMATS:
        raise ConfigError(f"no such format; {did_you_mean(format, FORMATS)}", field="format")
    _refuse_without_plotly()
    if format != "html":
        _refuse_without_kaleido()
    directory = Path(directory)
    with storing(directory):
        directory.mkdir(parents=True, exist_ok=True)
    figures = list(_distinct(_figures(sweep, weights or sweep.config.scoring)))
    if format == "html":
        return _write_pages(figures, directory, title=sweep.path.name)
    return _write_pictures(figures, directory, format)


def _figures(sweep: Sweep, weights: ScoringWeights) -> Iterator[_Named]:
    """Each kind with every choice that leads to another figure; of pairs, the first one."""
    from hpolab.plots import available, draw, draw_sweep, sweep_choices, sweep_plots

    record = sweep.record
    for entry in sweep_plots():
        choices = sweep_choices(record, entry.name, weights=weights)
        ways: list[dict[str, str]] = [{}]
        if len(choices) == 1:
            ((option, values),) = choices.items()
            ways = [{option: value} for value in values] or ways
        for way in ways:
            plot = draw_sweep(record, entry.name, weights=weights, options=way)
            chosen = ", ".join(value.replace("_", " ") for value in way.values())
            named = plot._replace(title=f"{plot.title}: {chosen}" if chosen else plot.title)
            yield _Named("-".join([entry.name, *way.values()]), named)
    for drawn in available(sweep.folder.best):
        plot = draw(sweep.folder.best, drawn.name)
        yield _Named(f"best-{drawn.name}", plot._replace(title=f"Best trial: {plot.title}"))


def _distinct(figures: Iterable[_Named]) -> Iterator[_Named]:
    """The figures with names that files can have, none twice: parameters are called anything."""
    taken: set[str] = set()
    for stem, plot in figures:
        clean = re.sub(r"[^A-Za-z0-9_-]+", "-", stem)[:80]
        number, name = 1, clean
        while name.lower() in taken:
            number += 1
            name = f"{clean}-{number}"
        taken.add(name.lower())
        yield _Named(name, plot)


def _write_pages(figures: list[_Named], directory: Path, *, title: str) -> list[Path]:
    from plotly.offline import get_plotlyjs

    write_text(directory / _LIBRARY, get_plotlyjs())
    paths = []
    for stem, plot in figures:
        paths.append(directory / f"{stem}.html")
        write_text(paths[-1], _page(plot.title, [_Named(stem, plot)]))
    write_text(directory / "index.html", _page(title, figures))
    return paths


def _page(title: str, figures: list[_Named]) -> str:
    """A page of figures with their words, readable at any width."""
    from hpolab.palette import FONTS, LIGHT

    style = (
        f"body{{font:16px/1.5 {FONTS['text']};color:{LIGHT['text']};background:{LIGHT['surface']};"
        "max-width:60rem;margin:0 auto;padding:1rem}figure{margin:0 0 3rem}"
        f"figcaption{{color:{LIGHT['quiet']}}}"
    )
    parts = [_part(stem, plot) for stem, plot in figures]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{style}</style>"
        f'<script src="{_LIBRARY}"></script></head>\n'
        f"<body><h1>{html.escape(title)}</h1>\n{''.join(parts)}</body></html>\n"
    )


def _part(stem: str, plot: Plot) -> str:
    drawn = plot.figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        div_id=stem,
        config={"displaylogo": False, "responsive": True},
    )
    verdict = f"<p><strong>{html.escape(plot.verdict)}</strong></p>" if plot.verdict else ""
    return (
        f"<figure><h2>{html.escape(plot.title)}</h2>{verdict}{drawn}"
        f"<figcaption><p>{html.escape(plot.reading)}</p><p>{html.escape(plot.warning)}</p>"
        "</figcaption></figure>\n"
    )


def _write_pictures(figures: list[_Named], directory: Path, kind: Format) -> list[Path]:
    """Draw them all in one browser: starting one takes longer than any figure."""
    from choreographer.errors import ChromeNotFoundError
    from kaleido import write_fig_from_object_sync

    orders: list[dict[str, Any]] = []
    for stem, plot in figures:
        opts = {"format": kind, "width": _WIDTH, "scale": 2 if kind == "png" else 1}
        height = plot.figure.layout.height or _WIDTH // 2
        orders.append(
            {
                "fig": _titled(plot), "path": directory / f"{stem}.{kind}",
                "opts": {**opts, "height": height + 40},
            }
        )  # fmt: skip
    try:
        errors = write_fig_from_object_sync(orders, kopts={"mathjax": False})
    except ChromeNotFoundError as error:
        raise ConfigError(
            "PNG and SVG are drawn by Chrome or Chromium, and there is none; install it (Debian: "
            "apt install chromium; anywhere: kaleido_get_chrome), name it in BROWSER_PATH, or "
            "write html."
        ) from error
    except Exception as error:  # a browser of the user's can fail in any way
        raise StoreError(f"the browser could not draw the figures: {error}") from error
    if errors:
        raise StoreError(f"cannot write figures to {directory}: {errors[0]}") from errors[0]
    return [order["path"] for order in orders]


def _titled(plot: Plot) -> Any:
    """The figure with its title, on the ground that its colours are made for."""
    import plotly.graph_objects as go

    from hpolab.palette import LIGHT
    from hpolab.plots.style import plain

    figure = go.Figure(plot.figure)
    top = (figure.layout.margin.t or 28) + 40
    figure.update_layout(
        title={
            "text": plain(plot.title),
            "x": 0.01,
            "y": 0.99,
            "yanchor": "top",
            "yref": "container",
        },
        paper_bgcolor=LIGHT["surface"],
        margin={"t": top},
    )
    return figure


def _refuse_without_plotly() -> None:
    try:
        import plotly  # noqa: F401 - is it there?
    except ImportError as error:
        raise ConfigError(
            "figures need plotly, which is not installed; pip install 'hpolab[plots]'."
        ) from error


def _refuse_without_kaleido() -> None:
    try:
        import kaleido  # noqa: F401 - is it there?
    except ImportError as error:
        raise ConfigError(
            "PNG and SVG need kaleido, which is not installed; pip install 'hpolab[figures]', or "
            "write html."
        ) from error
