"""A replay opened from disk in a real Chromium: it plays, re-ranks, and asks nothing of anyone."""

from __future__ import annotations

import pytest

from hpolab.replay import write_replay
from hpolab.scoring import METRICS

from .conftest import needed

pytestmark = pytest.mark.browser
PATIENCE = 20_000
GRAVE = {"serious", "critical"}


@pytest.fixture
def show(open_page, tmp_path):
    """Writes the replay of a sweep and opens the file; it has to stay silent and alone."""

    def open_it(sweep, **options):
        path = write_replay(sweep, tmp_path / "replay.html")
        page = open_page(path.as_uri(), **options)
        page.locator("footer").wait_for(timeout=PATIENCE)
        return page

    return open_it


@pytest.fixture
def search(told):
    """Four trials: an accurate and a healthy one, one that fails, and one that still trains."""
    made = told(epochs=4, budget=8)
    made.start(10, 0)
    made.train(11, 0, [0.5, 0.6, 0.7, 0.8])
    made.end(15, 0, 0.8, metrics=dict.fromkeys(METRICS, 0.9))
    made.start(16, 1, worker="w2")
    made.train(17, 1, [0.5, 0.7, 0.9, 0.95])
    made.end(21, 1, 0.95, metrics=dict.fromkeys(METRICS, 0.2))
    made.start(22, 2)
    made.end(25, 2, state="failed", reason="<img src=x onerror=alert(1)> </script>", metrics={})
    made.start(26, 3, worker="w2")
    made.train(27, 3, [0.4, 0.5])
    return made.sweep


def cards(page):
    """Numbers of the trials in the order in which they are shown."""
    found = page.locator("[data-trial]").evaluate_all("all => all.map(one => one.dataset.trial)")
    return [int(number) for number in found]


def move(page, label, value):
    """Put a slider somewhere, as a finger does."""
    page.get_by_label(label, exact=True).evaluate(
        "(slider, to) => { slider.value = to;"
        "slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        value,
    )


def time_of(page):
    return float(page.get_by_label("Time of the search").input_value())


def test_the_page_opens_at_the_end_with_everything_known(show, search):
    page = show(search)

    assert sorted(cards(page)) == [0, 1, 2, 3]
    header = page.locator("header").inner_text()
    assert "Trial 1 came first with a score of 0.950" in header
    assert "The search broke off" in header


def test_the_gallery_holds_what_was_known_at_the_moment_of_the_slider(show, search):
    page = show(search)

    move(page, "Time of the search", 5)
    page.get_by_text("No trial has begun at this moment.").wait_for(timeout=PATIENCE)
    move(page, "Time of the search", 12.5)
    card = page.locator('[data-trial="0"]')
    card.wait_for(timeout=PATIENCE)
    assert cards(page) == [0]
    assert "running" in card.inner_text()
    assert "Epoch 2 of 4 is done, on w1." in card.inner_text()
    move(page, "Time of the search", 23)
    page.locator('[data-trial="2"]').wait_for(timeout=PATIENCE)
    assert "rank 1" in page.locator('[data-trial="0"]').inner_text()


def test_weights_of_the_reader_rank_the_trials_anew(show, search):
    page = show(search)

    move(page, "accuracy", 100)
    page.locator('[data-trial="1"] .hpo-replay-badge').wait_for(timeout=PATIENCE)
    assert cards(page)[:2] == [1, 0]
    assert "0.950" in page.locator('[data-trial="1"]').inner_text()
    move(page, "accuracy", 0)
    page.locator('[data-trial="0"] .hpo-replay-badge').wait_for(timeout=PATIENCE)
    assert cards(page)[:2] == [0, 1]
    assert "0.900" in page.locator('[data-trial="0"]').inner_text()
    assert page.get_by_label("health", exact=True).input_value() == "100"


def test_shown_percentages_of_health_always_add_up_to_100(show, search):
    page = show(search)

    for metric, to in (
        ("neuron utilisation", 37),
        ("gradient health", 0),
        ("parameter efficiency", 91),
    ):
        move(page, metric, to)
        page.wait_for_function(
            "([id, to]) => document.getElementById(id).value === to",
            arg=[f"hpo-replay-{metric.replace(' ', '_')}", str(to)],
        )
        shown = [
            int(page.get_by_label(name.replace("_", " "), exact=True).input_value())
            for name in METRICS
        ]
        assert sum(shown) == 100


def test_what_trained_when_the_search_broke_off_waits_at_the_end(show, search):
    page = show(search)

    assert "Waits for a worker." in page.locator('[data-trial="3"]').inner_text()
    move(page, "Time of the search", 27.5)
    page.locator('[data-trial="3"]', has_text="Epoch 1 of 4").wait_for(timeout=PATIENCE)


def test_playing_starts_anew_leaps_over_idle_time_and_can_be_paused(show, search):
    page = show(search)

    page.get_by_role("button", name="Play from the start").click()
    page.wait_for_function(
        "() => +document.getElementById('hpo-replay-time').value >= 10", timeout=PATIENCE
    )
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=PATIENCE)

    assert 10 <= time_of(page) < 28
    stopped = time_of(page)
    page.wait_for_timeout(200)
    assert time_of(page) == stopped


def test_the_keyboard_plays_and_steps_from_event_to_event(show, search):
    page = show(search)
    move(page, "Time of the search", 0)

    for expected in (10, 15, 16):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "to => +document.getElementById('hpo-replay-time').value === to", arg=expected
        )
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => +document.getElementById('hpo-replay-time').value === 15")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for(timeout=PATIENCE)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=PATIENCE)


def test_a_trial_opens_over_the_page_and_gives_the_focus_back(show, search):
    page = show(search)
    button = page.get_by_role("button", name="Details of trial 1")

    button.click()
    dialog = page.get_by_role("dialog", name="Trial 1")
    dialog.get_by_text("learning rate").wait_for(timeout=PATIENCE)
    assert "95.0 %" in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden", timeout=PATIENCE)
    assert button.evaluate("one => one === document.activeElement")


def test_hostile_texts_are_shown_as_texts(show, search):
    page = show(search)

    card = page.locator('[data-trial="2"]')

    assert "<img src=x onerror=alert(1)> </script>" in card.inner_text()
    assert page.locator("img").count() == 0


def test_a_sweep_without_trials_says_so(show, told):
    page = show(told().sweep)

    assert "There is nothing to play: no trial has begun." in page.locator("main").inner_text()


def test_a_thousand_trials_are_paged(show, told):
    made = told(budget=1000)
    for trial in range(1000):
        made.start(trial, trial)
        made.end(trial + 1, trial, 0.5 + trial / 4000)

    page = show(made.sweep)

    assert len(cards(page)) == 12
    assert cards(page)[0] == 999
    page.get_by_role("button", name="Next page").click()
    page.locator('[data-trial="987"]').wait_for(timeout=PATIENCE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nobody_is_shut_out_and_nothing_is_cut_off(show, search, width, scheme):
    axe = needed("axe_playwright_python.sync_playwright")
    page = show(search, width=width, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)

    def problems():
        found = axe.Axe().run(page).response["violations"]
        return {each["id"]: each["nodes"][0]["html"] for each in found if each["impact"] in GRAVE}

    assert problems() == {}
    page.get_by_role("button", name="Details of trial 1").click()
    page.get_by_role("dialog").wait_for(timeout=PATIENCE)
    assert problems() == {}
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
