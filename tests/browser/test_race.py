"""A race as a person meets it: two clicks to the start, a winner, and a function of one's own."""

from __future__ import annotations

import pytest

from hpolab.sandbox import sandbox_problem

from .lab_page import PATIENCE, assert_fits, go_to, wait_for_lab

pytestmark = pytest.mark.browser

RACE_MS = 3 * PATIENCE
MOVED = """before => [...document.querySelectorAll(".hpo-race-dots")]
    .some((dots, i) => dots.getAttribute("d") !== before[i])"""
PLACES = """() => [...document.querySelectorAll(".hpo-race-dots")]
    .map((dots) => dots.getAttribute("d"))"""


@pytest.fixture(scope="module")
def url(start_app):
    """The app with an empty directory; other modules' races are not shown."""
    return start_app()


def start(page):
    page.get_by_role("button", name="Start the race").click()


def choose(page, name, option):
    page.get_by_label(name, exact=True).select_option(option)


def wait_for_winner(page, subject):
    page.locator(".hpo-race-said.hpo-tone-good", has_text=subject).wait_for(timeout=RACE_MS)


def test_a_learner_races_five_algorithms_then_a_function_of_their_own(url, open_page):
    page = open_page(url)
    wait_for_lab(page)
    go_to(page, "Evolution")  # the first click
    for name, option in {"Runs of each": "3", "Evaluations a run": "5000"}.items():
        choose(page, name, option)  # for the test's sake; the defaults take some seconds more
    start(page)  # the second
    # they come one by one
    page.locator(".hpo-race-dots").nth(4).wait_for(state="attached", timeout=RACE_MS)
    page.get_by_role("group", name="Film").get_by_role("button").click()  # it plays: pause
    before = page.evaluate(PLACES)
    assert len(before) == 5
    page.get_by_role("slider", name="Moment of the film").fill("79")
    page.wait_for_function(MOVED, arg=before, timeout=PATIENCE)
    wait_for_winner(page, "shifted rastrigin")
    said = page.locator(".hpo-race-said").inner_text()
    table = page.get_by_role("region", name="Standing of the race")
    ahead = table.locator("tbody th").first.inner_text().split()[0]
    assert f"{ahead} is ahead" in said
    assert table.locator("tbody tr").count() == 5
    assert_fits(page)
    page.set_viewport_size({"width": 1440, "height": 900})

    if sandbox_problem():
        pytest.skip(sandbox_problem())
    choose(page, "Function", "own")
    editor = page.get_by_label("Your function")
    editor.fill("import os\n\ndef fitness(x):\n    return x")
    page.locator(".hpo-race-problems", has_text="line 1").wait_for(timeout=PATIENCE)
    editor.fill("def fitness(x):\n    return float(((x - 1) ** 2).sum())")
    page.get_by_text("It works: in the middle of its bounds it gives").wait_for(timeout=PATIENCE)
    for name, option in {
        "Variables": "2",
        "Evaluations a run": "2000",
        "Runs of each": "3",
    }.items():
        choose(page, name, option)
    start(page)
    wait_for_winner(page, "own function, 2 dimensions")
    assert "3 seeds cannot tell skill from luck" in page.locator(".hpo-race-said").inner_text()
    assert_fits(page)
