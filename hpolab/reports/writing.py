"""From a sweep to a file or a cell that tells of it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from hpolab.errors import ConfigError, StoreError
from hpolab.reports.facts import Report, report_of
from hpolab.reports.html import Markup
from hpolab.reports.page import fragment, report_html
from hpolab.storage.files import write_text

if TYPE_CHECKING:
    from hpolab.sweep import Sweep

__all__ = ["ShownReport", "write_report"]

log = logging.getLogger(__name__)


class ShownReport:
    """A report as the value of a cell: notebooks show it, and keep it in the file."""

    def __init__(self, sweep: Sweep, *, only: str = "") -> None:
        """The report of a sweep as far as it has come.

        Args:
            sweep: Finished, running or broken off.
            only: The section whose heading begins so, such as "What mattered"; "" for all.

        Raises:
            ConfigError: The report has no such section.
            StoreError: The journal is damaged.
        """
        self.report = report_of(sweep)
        self._html = fragment(self.report, network=_network(sweep, self.report), only=only)

    def __repr__(self) -> str:
        """What a log shows of it."""
        winner = self.report.winner
        came = f"trial {winner.trial} came first" if winner else "without a winner"
        return f"<report of {self.report.name}, {came}>"

    def _repr_html_(self) -> str:
        return self._html


def write_report(sweep: Sweep, path: Path | str) -> Path:
    """Write a sweep as one file that people can read who know nothing of hpolab.

    The same sweep folder gives the same HTML, byte for byte.

    Args:
        sweep: Finished, running or broken off.
        path: Ends in .html, or in .pdf, which takes Chromium or Chrome.

    Returns:
        The path.

    Raises:
        ConfigError: The path ends in something else, or nothing here can write PDF.
        StoreError: The file cannot be written, or the journal is damaged.
    """
    from hpolab.reports.pdf import write_pdf

    place = Path(path)
    writers = {".html": write_text, ".pdf": write_pdf}
    write = writers.get(place.suffix.lower())
    if write is None:
        raise ConfigError(f"a report is .html or .pdf, but got {place.name!r}; name it so.")
    report = report_of(sweep)
    write(place, report_html(report, network=_network(sweep, report)))
    return place


def _network(sweep: Sweep, report: Report) -> Markup | None:
    """The winner's network as SVG; None where nothing is known of it."""
    from hpolab.network import ArchitectureGraph, picture
    from hpolab.network.svg import svg

    if report.winner is None:
        return None
    try:
        graph = ArchitectureGraph.load(
            sweep.folder.trial(report.winner.trial) / "architecture.json"
        )
    except StoreError as error:
        log.info("the report goes without a network: %s", error)
        return None
    return Markup(svg(picture(graph), title="The best network"))
