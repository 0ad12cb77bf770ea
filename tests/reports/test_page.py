"""The file: what it holds, what it forbids, and that texts stay texts."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree

import pytest

from hpolab.errors import ConfigError
from hpolab.reports import ShownReport, pdf, write_report


@pytest.fixture
def sweep(told):
    """A sweep whose texts would like to be more than texts."""
    made = told("<b>bold")
    made.start(0, 0, optimizer="</main><img src=x onerror=alert(1)>")
    made.train(1, 0, [0.4, 0.8])
    made.end(4, 0, 0.8, test_accuracy=0.7, health=0.5)
    made.start(5, 1)
    made.end(9, 1, 0.85, test_accuracy=0.75, health=0.5)
    made.start(10, 2)
    made.end(12, 2, state="failed", reason="</p><script>alert(1)</script>", metrics={})
    return made.sweep


@pytest.fixture
def text(sweep, tmp_path):
    return write_report(sweep, tmp_path / "report.html").read_text(encoding="utf-8")


def words(text):
    return re.sub(r"<[^>]+>", " ", text.partition("<body>")[2])


def test_the_same_sweep_gives_the_same_bytes(sweep, text, tmp_path):
    again = write_report(sweep, tmp_path / "again.html")

    assert again.read_text(encoding="utf-8") == text


def test_the_body_is_well_formed_so_that_no_text_has_become_an_element(text):
    body = re.search(r"<body>(.*)</body>", text, re.DOTALL)[1]

    names = {element.tag for element in ElementTree.fromstring(body).iter()}

    assert not names & {"script", "img"}
    assert "&lt;b&gt;bold" in text


def test_the_page_may_run_nothing_and_ask_for_nothing(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert " style=" not in text
    assert "<script" not in text


@pytest.mark.parametrize(
    "said",
    [
        "The question",
        "Trial 1 came first with a score of 0.850.",
        "measured once",
        "flatters its winner",
        "too few, or too alike, to tell what mattered",
        "These trials broke off.",
        "hpolab sweep",
        "Seed 0",
        "fingerprint",
    ],
)
def test_a_manager_finds_question_answer_doubts_and_command(text, said):
    assert said in words(text)


def test_a_sweep_without_a_winner_says_so(told, tmp_path):
    path = write_report(told().sweep, tmp_path / "report.html")

    assert "No trial was completed" in words(path.read_text(encoding="utf-8"))


def test_a_cell_shows_the_same_report_with_its_style(sweep, text):
    shown = ShownReport(sweep)._repr_html_()

    assert shown.startswith("<style>")
    assert re.search(r"<article.*</article>", text, re.DOTALL)[0] in shown


def test_a_cell_shows_one_section_alone(sweep):
    shown = ShownReport(sweep, only="What failed")._repr_html_()
    assert shown.count("<h2>") == 1
    assert "<h2>What failed" in shown


def test_a_section_that_is_not_there_is_named_with_the_nearest_one(sweep):
    with pytest.raises(ConfigError, match="did you mean 'What mattered'"):
        ShownReport(sweep, only="What maters")


def test_a_report_of_another_kind_is_refused_by_its_name(sweep, tmp_path):
    with pytest.raises(ConfigError, match=r"\.html or \.pdf.*'report.docx'"):
        write_report(sweep, tmp_path / "report.docx")


def test_a_pdf_without_a_converter_is_refused_with_what_to_install(sweep, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER_PATH", raising=False)

    with pytest.raises(ConfigError, match="apt install chromium"):
        write_report(sweep, tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


@pytest.mark.browser
@pytest.mark.skipif(pdf._browser() is None, reason="there is no Chromium or Chrome")
def test_a_pdf_is_printed_where_there_is_a_browser(sweep, tmp_path):
    path = write_report(sweep, tmp_path / "report.pdf")

    assert path.read_bytes().startswith(b"%PDF-")
