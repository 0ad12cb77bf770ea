"""The playground as a person meets it: it trains, it answers, and what dies is seen."""

from __future__ import annotations

import re

import pytest

from .conftest import get
from .lab_page import PATIENCE, assert_fits, go_to, wait_for_lab

pytestmark = pytest.mark.browser

LOSS = """() => Number(document.querySelector('[aria-label^="Loss after"]')
    ?.getAttribute("aria-label").match(/: ([\\d.]+) on unseen/)?.[1])"""
SILENT = """() => [...document.querySelectorAll(".hpo-play-tally")]
    .map((tally) => Number(tally.textContent.match(/^(\\d+) of/)?.[1] ?? 0))"""
STEPS = """() => Number(document.querySelector(".hpo-play-count")?.textContent
    .match(/step ([\\d,]+)/)?.[1].replaceAll(",", ""))"""  # not a number before the first frame

DRAWN = "() => Number(document.querySelector('.hpo-play').dataset.frame)"


@pytest.fixture
def page(app_url, open_page):
    page = open_page(app_url)
    wait_for_lab(page)
    go_to(page, "Playground")
    page.locator(".hpo-play-layer").first.wait_for(timeout=PATIENCE)
    return page


def wait_for(page, condition):
    page.wait_for_function(condition, timeout=PATIENCE)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_it_learns_answers_and_dies_before_ones_eyes(page):
    before = page.evaluate(LOSS)
    press(page, "Play")
    wait_for(page, f"({LOSS})() < {before / 2}")
    page.get_by_label("Activation").select_option("tanh")
    steps = page.evaluate(STEPS)
    wait_for(page, f"({STEPS})() > {steps + 20}")
    page.get_by_role("button", name="Pause", exact=True).wait_for()  # it has not stopped for that
    page.get_by_label("Activation").select_option("relu")
    page.get_by_label("Learning rate").fill("1")  # ten to the power of one
    wait_for(page, f"Math.max(...({SILENT})()) >= 6")  # how many die depends on when it was
    said = page.locator(".hpo-play-said").inner_text()
    assert re.search(r"(all|of) 16 units are silent", said), said


def test_depth_and_width_change_while_it_trains(page):
    press(page, "Play")
    page.get_by_label("Hidden layers").fill("4")
    page.get_by_label("Units of each").fill("9")
    wait_for(page, f"String(({SILENT})().length) === '5'")
    page.get_by_text("of 9 silent").nth(3).wait_for(timeout=PATIENCE)
    steps = page.evaluate(STEPS)
    wait_for(page, f"({STEPS})() > {steps + 5}")


def test_what_is_not_looked_at_is_not_drawn_and_goes_on_when_one_is_back(page):
    press(page, "Play")
    wait_for(page, f"({STEPS})() > 5")
    go_to(page, "Sweep")
    page.wait_for_timeout(1000)
    left = page.evaluate(DRAWN)
    page.wait_for_timeout(2500)  # longer than Python's patience
    assert page.evaluate(DRAWN) == left
    go_to(page, "Playground")
    wait_for(page, f"({DRAWN})() > {left}")
    steps = page.evaluate(STEPS)
    wait_for(page, f"({STEPS})() > {steps}")


def test_the_server_outlives_pages_that_leave_while_it_plays(app_url, open_page):
    for _ in range(3):
        page = open_page(app_url)
        wait_for_lab(page)
        go_to(page, "Playground")
        press(page, "Play")
        wait_for(page, f"({STEPS})() > 5")
        page.close()
        page.context.close()
    assert '"ok"' in get(f"{app_url}health")


@pytest.mark.parametrize("data", ["spiral", "digits"])
def test_it_fits_every_window(page, data):
    page.get_by_label("Learn", exact=True).select_option(data)
    shown = ".hpo-play-digits" if data == "digits" else ".hpo-play-plane"
    page.locator(shown).first.wait_for(timeout=PATIENCE)
    page.get_by_label("Units of each").fill("64")
    page.get_by_text("of 64 silent").first.wait_for(timeout=PATIENCE)
    assert_fits(page)
