"""What people come for: weigh, compare, look closely, start a sweep, watch it and take it home."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from hpolab.config import SweepConfig
from hpolab.storage.folder import find_sweeps
from hpolab.storage.plain_yaml import parse_yaml
from hpolab.sweep import Sweep

from .lab_page import (
    PATIENCE,
    assert_fits,
    choose,
    downloaded,
    go_to,
    open_trial,
    order,
    wait_for_another_order,
    wait_for_lab,
    wait_for_state,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def lab(app_url, open_page):
    """The page with the example."""
    page = open_page(app_url)
    wait_for_lab(page)
    return page


def test_a_slider_ranks_the_trials_anew_and_says_who_wins(lab):
    before, winner = order(lab), lab.locator(".hpo-weights-winner")
    said = winner.inner_text()
    assert said.startswith(f"Trial {before[0]} wins")
    lab.get_by_role("slider", name="accuracy", exact=True).fill("5")
    wait_for_another_order(lab, before)
    after = order(lab)
    lab.wait_for_function(
        "said => document.querySelector('.hpo-weights-winner').innerText !== said", arg=said
    )
    assert winner.inner_text().startswith(f"Trial {after[0]} wins")
    assert lab.get_by_role("slider", name="health", exact=True).input_value() == "95"


def test_two_trials_are_compared_side_by_side(lab):
    first, second, *_ = order(lab)
    choose(lab, first, second)
    comparison = lab.get_by_role("region", name="Comparison")
    comparison.get_by_role("heading", name=f"Trial {first} and trial {second}").wait_for()
    assert_fits(lab)
    comparison.get_by_role("button", name="Close").click()
    comparison.wait_for(state="hidden")


def test_a_trial_is_looked_at_closely_and_its_configuration_taken_home(lab):
    first, *_ = order(lab)
    trial = open_trial(lab, first)
    assert_fits(lab)
    name, content = downloaded(lab, trial.get_by_role("button", name="Configuration"))
    config = SweepConfig.parse(parse_yaml(content.decode(), named=name))
    assert name == f"trial-{first:04d}.yaml"
    assert config.dataset.name == "digits"
    assert config.budget.trials == 1
    trial.get_by_role("button", name="Close").click()
    wait_for_lab(lab)


@pytest.mark.slow
def test_a_sweep_is_started_watched_left_found_again_and_taken_home(
    start_app, open_page, tmp_path
):
    url = start_app(HPOLAB_SWEEPS_DIR=str(tmp_path))
    page = open_page(url)
    wait_for_lab(page)
    start_sweep(page, trials=3, epochs=150)
    watch_epochs(page)
    cancelled = cancel_one(page)
    page.close()
    sweep = Sweep.follow(find_sweeps(tmp_path)[0].path)
    wait_for_more_epochs(sweep)  # though nobody looks

    page = open_page(url)
    page.get_by_text(sweep.folder.name, exact=True).first.wait_for(timeout=PATIENCE)
    wait_for_state(page, "finished")
    assert sweep.record.trials[cancelled].state == "cancelled"
    page.get_by_role("button", name="cancelled 1").wait_for(timeout=PATIENCE)
    assert_fits(page)
    take_home(page, sweep)


def start_sweep(page, *, trials, epochs):
    go_to(page, "New sweep")
    for field, number in {"budget.trials": trials, "epochs": epochs}.items():
        page.locator(f'[data-field="{field}"]').fill(str(number))
    page.get_by_text("Examples of digits").wait_for(timeout=PATIENCE)  # read before it starts
    assert_fits(page)
    page.get_by_role("button", name="Start the").click()
    wait_for_state(page, "running")


def watch_epochs(page):
    """Two different epochs are seen, one after the other, without a reload."""
    epoch = page.locator(".hpo-run-epoch", has_text="epoch").first
    epoch.wait_for(timeout=PATIENCE)
    seen = epoch.inner_text().split("·")[0]
    page.wait_for_function(
        "seen => [...document.querySelectorAll('.hpo-run-epoch')]"
        ".every((row) => !row.innerText.startsWith(seen))",
        arg=seen,
        timeout=PATIENCE,
    )


def cancel_one(page):
    """Cancel what trains; gives its number."""
    button = page.get_by_role("button", name="Cancel trial").first
    number = int(button.get_attribute("aria-label").removeprefix("Cancel trial "))
    page.get_by_role("button", name=f"Cancel trial {number}", exact=True).click()
    page.get_by_role("button", name="cancelled 1").wait_for(timeout=PATIENCE)
    return number


def wait_for_more_epochs(sweep):
    before, end = sweep.record.epochs_trained, time.monotonic() + PATIENCE / 1000
    assert sweep.state == "running"
    while sweep.record.epochs_trained == before:
        assert time.monotonic() < end, "nothing was trained after the page was closed"
        time.sleep(0.05)


def take_home(page, sweep):
    """Its table, and its whole folder."""
    name, count = sweep.folder.name, len(sweep.record.trials)
    go_to(page, "All sweeps")
    file, table = downloaded(page, page.get_by_role("button", name=f"Download {name} as CSV"))
    assert file == f"{name}.csv"
    assert len(table.decode().strip().splitlines()) == 1 + count
    file, archive = downloaded(page, page.get_by_role("button", name=f"Download {name} as ZIP"))
    assert file == f"{name}.zip"
    inside = zipfile.ZipFile(io.BytesIO(archive))
    assert inside.testzip() is None
    assert any(entry.endswith("journal.jsonl") for entry in inside.namelist())
    assert any(entry.endswith("model.keras") for entry in inside.namelist())
