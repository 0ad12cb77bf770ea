"""The file: what it holds, what it forbids, and that no text in it can become anything else."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from hpolab.replay import write_replay

HOSTILE = '</script><script>alert(1)</script><!-- \u2028 & "quoted" \ud800'


@pytest.fixture
def text(told, tmp_path):
    """The replay of a sweep whose texts would like to be more than texts."""
    made = told("<b>bold")
    made.start(0, 0, optimizer="</script><img src=x onerror=alert(1)>")
    made.end(1, 0, state="failed", reason=HOSTILE.replace("\ud800", ""), metrics={})
    return write_replay(made.sweep, tmp_path / "replay.html").read_text(encoding="utf-8")


def data_in(text):
    return json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text)[1])


def test_texts_stay_texts_and_arrive_unchanged(text):
    assert text.count("</script>") == 2
    assert "<b>bold" not in text
    assert "\u2028" not in text
    (trial,) = data_in(text)["trials"]
    assert trial["params"]["optimizer"] == "</script><img src=x onerror=alert(1)>"
    assert trial["ended"]["reason"] == HOSTILE.replace("\ud800", "")


def test_only_what_is_in_the_file_may_run(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    script = re.search(r'<script type="module">(.*?)</script>', text, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for part in (script, style):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_the_page_names_its_language_its_sweep_and_who_made_it(text):
    assert '<html lang="en">' in text
    assert 'name="viewport"' in text
    assert "<title>&lt;b&gt;bold: replay of a search</title>" in text
    assert re.search(r'name="generator" content="hpolab [\d.]+"', text)


def test_nothing_in_it_asks_for_a_file_of_another_place(text):
    assert not re.search(r'(?:src|href)\s*=\s*["\']?(?:https?:)?//', text)
    assert not re.search(r"\b(?:fetch|import|XMLHttpRequest|WebSocket)\s*\(", text)
    assert "@import" not in text
