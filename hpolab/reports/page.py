"""A report as one page that needs no script, no server and no network."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hpolab import __version__, page
from hpolab.errors import ConfigError, did_you_mean
from hpolab.page.document import digest
from hpolab.reports import background, result
from hpolab.reports.html import Markup, tag

if TYPE_CHECKING:
    from hpolab.reports.facts import Report

__all__ = ["fragment", "report_html"]

_BODY = "body { margin: 0; background: var(--hpo-page); color-scheme: var(--hpo-scheme); }"
_HEADING = re.compile(r"<section><h2>([^<]*)</h2>")
_ON_PAPER = "@media print { body { background: none; } }"


def report_html(report: Report, *, network: Markup | None = None) -> str:
    """The whole file.

    Args:
        report: What is said; see ``report_of``.
        network: The winner's network, drawn as SVG.
    """
    style = "\n".join((_style(), _BODY, _ON_PAPER))
    head = (
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src '{digest(style)}'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="hpolab {__version__}">\n'
    )
    title = tag("title", f"{report.name}: report of a search")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n{head}{title}\n<style>{style}</style>\n'
        f"</head>\n<body>\n<main>{_article(report, network)}</main>\n</body>\n</html>\n"
    )


def fragment(report: Report, *, network: Markup | None = None, only: str = "") -> str:
    """The same for a cell of a notebook, with the style that it needs.

    Args:
        report: What is said.
        network: The winner's network, drawn as SVG.
        only: The section whose heading begins so; "" for all.

    Raises:
        ConfigError: No section of this report begins so.
    """
    return f"<style>{_style()}</style>\n{_article(report, network, only)}\n"


def _article(report: Report, network: Markup | None, only: str = "") -> Markup:
    sections = [
        *result.sections(report),
        *background.sections(report),
        *_appendix(network),
    ]
    return tag("article", *(_beginning(sections, only) if only else sections), class_="hpo-report")


def _beginning(sections: list[Markup], heading: str) -> list[Markup]:
    """The sections whose heading begins so."""
    headings = [found.group(1) if (found := _HEADING.match(each)) else "" for each in sections]
    chosen = [
        each for each, own in zip(sections, headings, strict=True) if own.startswith(heading)
    ]
    if not chosen:
        known = did_you_mean(heading, filter(None, headings))
        raise ConfigError(f"this report has no such section; {known}", field="only")
    return chosen


def _appendix(network: Markup | None) -> list[Markup]:
    """Last, for on paper it takes a page of its own."""
    if network is None:
        return []
    drawn = tag(
        "details",
        tag("summary", "The best network, layer by layer"),
        tag("div", network, class_="network"),
        class_="appendix",
    )
    return [drawn]


@lru_cache
def _style() -> str:
    own = files("hpolab.reports").joinpath("static", "report.css").read_text(encoding="utf-8")
    return f"{page.variables()}\n{own}"
