"""Nobody is shut out: axe finds nothing serious anywhere, and the keyboard reaches everything."""

from __future__ import annotations

import pytest

from hpolab.config import SweepConfig
from hpolab.race import Race, RaceConfig
from hpolab.race.folder import races_dir
from hpolab.sweep import Sweep
from hpolab.testing.synthetic import WORK

from .conftest import needed
from .lab_page import (
    PATIENCE,
    WIDTHS,
    choose,
    drawn,
    go_to,
    open_trial,
    order,
    turn_to,
    wait_for_sweep,
)

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    """The app on a sweep that runs, one with every kind of end, another, and a race."""
    sweeps = tmp_path_factory.mktemp("sweeps")
    running = Sweep(synthetic("running", epochs=10_000, sleep=0.5), path=sweeps / "running")
    running.start()
    try:
        for name, also in {"first": {}, "second": {"fail": [True, False]}}.items():
            Sweep(synthetic(name, epochs=4, **also), path=sweeps / name).run()
        race = RaceConfig(contenders=("pso", "shade"), seeds=1, budget=500, scene_budget=200)
        Race(race, path=races_dir(sweeps) / "race").run()
        yield start_app(HPOLAB_SWEEPS_DIR=str(sweeps))
    finally:
        running.stop()
        assert running.wait(timeout=30) == "stopped"


def synthetic(name, *, epochs, **space):
    return SweepConfig(
        name=name,
        model=WORK,
        space={"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}, **space},
        executor="hpolab.testing.synthetic:synthetic_inline",
        sampler="random",
        epochs=epochs,
        budget=14,
    )


def show_trials(page):
    page.locator(".hpo-gallery-card").first.wait_for(timeout=PATIENCE)


def show_a_trial(page):
    open_trial(page, order(page)[0])


def show_a_failed_trial(page):
    page.get_by_role("button", name="failed").click()
    cards = "[...document.querySelectorAll('.hpo-gallery-card')]"
    are_failed = f"{cards}.length && {cards}.every(card => card.textContent.includes('Failed'))"
    page.wait_for_function(f"() => {are_failed}", timeout=PATIENCE)
    open_trial(page, order(page)[0])


def show_a_log(page):
    show_a_trial(page)
    page.get_by_role("tab", name="Log").click()
    page.get_by_role("tab", name="Log", selected=True).wait_for(timeout=PATIENCE)


def show_diagnostics(page):
    show_a_trial(page)
    turn_to(page, "Diagnostics")
    drawn(page, "health")


def show_charts(page):
    go_to(page, "Analysis")
    for name in ("history", "parallel"):
        drawn(page, name)


def show_a_comparison(page):
    choose(page, *order(page)[:2])
    page.get_by_role("region", name="Comparison").wait_for(timeout=PATIENCE)


def show_the_form(page):
    go_to(page, "New sweep")
    page.get_by_text("Examples of digits").wait_for(timeout=PATIENCE)


def show_all_of_the_form(page):
    show_the_form(page)
    page.evaluate(
        "document.querySelectorAll('.hpo-setup details').forEach((x) => (x.open = true))"
    )


def show_all_sweeps(page):
    go_to(page, "All sweeps")
    for name in ("first", "second"):
        page.get_by_role("checkbox", name=f"Compare {name}").check()
    page.get_by_role("region", name="Comparison").wait_for(timeout=PATIENCE)


def show_the_course(page):
    go_to(page, "Course")
    page.get_by_role("heading", name="The course").wait_for(timeout=PATIENCE)


def show_a_running_sweep(page):
    go_to(page, "All sweeps")
    page.get_by_role("row", name="running").get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Cancel trial 0").wait_for(timeout=PATIENCE)


def show_the_playground(page):
    go_to(page, "Playground")
    page.get_by_role("button", name="Step", exact=True).click()
    page.locator(".hpo-play-layer").first.wait_for(timeout=PATIENCE)


def show_a_race(page):
    go_to(page, "Evolution")
    page.get_by_label("Function", exact=True).select_option("own")
    page.get_by_label("Your function").fill("import os")
    page.get_by_text("os cannot be imported").wait_for(timeout=PATIENCE)
    page.get_by_role("button", name="Play again").wait_for(timeout=PATIENCE)


VIEWS = [
    show_a_running_sweep,
    show_trials,
    show_a_trial,
    show_a_failed_trial,
    show_a_log,
    show_diagnostics,
    show_charts,
    show_a_comparison,
    show_the_form,
    show_all_of_the_form,
    show_all_sweeps,
    show_the_playground,
    show_a_race,
    show_the_course,
]


@pytest.mark.parametrize("show", VIEWS, ids=lambda show: show.__name__.removeprefix("show_"))
def test_axe_finds_nothing_serious(url, open_page, show):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    page = open_page(url)
    wait_for_sweep(page, "second", trials=14)
    show(page)
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found |= {(scheme, width): grave} if (grave := findings(axe, page)) else {}
    assert found == {}


def findings(axe, page):
    """What is grave: the rule, and the first few elements that break it."""
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for rule in axe.run(page).response["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"][:3]
    ]


def press_until(page, target, *, key="Tab", most=80):
    """Press a key until something has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{most} times {key} do not reach {target}")


@pytest.mark.parametrize("name", ["New sweep", "All sweeps", "Course"])
def test_a_page_is_reached_by_tab_and_enter_and_so_is_the_way_back(url, open_page, name):
    page = open_page(url)
    wait_for_sweep(page, "second", trials=14)
    for there in (name, "Sweep"):
        press_until(page, page.get_by_role("button", name=there, exact=True))
        page.keyboard.press("Enter")
        page.locator('[aria-current="page"]', has_text=there).wait_for(timeout=PATIENCE)
        page.keyboard.press("Shift+Tab")


def test_a_slider_is_moved_by_arrows(url, open_page):
    page = open_page(url)
    wait_for_sweep(page, "second", trials=14)
    accuracy, health = (
        page.get_by_role("slider", name=name, exact=True) for name in ("accuracy", "health")
    )
    press_until(page, accuracy)
    for key, rest in {"ArrowLeft": "31", "Home": "100"}.items():
        page.keyboard.press(key)
        health.and_(page.locator(f'[aria-valuetext="{rest} %"]')).wait_for(timeout=PATIENCE)
    assert accuracy.evaluate("element => element === document.activeElement")


def test_a_card_is_opened_and_its_tabs_are_changed_by_keyboard(url, open_page):
    page = open_page(url)
    wait_for_sweep(page, "second", trials=14)
    first = order(page)[0]
    press_until(page, page.get_by_role("button", name=f"Open trial {first}", exact=True))
    page.keyboard.press("Enter")
    overview = page.get_by_role("tab", name="Overview")
    overview.wait_for(timeout=PATIENCE)
    press_until(page, overview)
    page.keyboard.press("ArrowRight")
    page.get_by_role("tab", name="Network", selected=True).wait_for(timeout=PATIENCE)
    assert page.get_by_role("tab", name="Network").evaluate("x => x === document.activeElement")
