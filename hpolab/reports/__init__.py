"""A sweep told for people who were not there: one page to be read, printed and filed.

``facts`` gathers what is said as data, ``result`` and ``background`` put it into words, ``page``
makes the file. The same sweep folder always gives the same bytes.
"""

from __future__ import annotations

from hpolab.reports.facts import Report, report_of
from hpolab.reports.page import report_html
from hpolab.reports.writing import ShownReport, write_report

__all__ = ["Report", "ShownReport", "report_html", "report_of", "write_report"]
