"""The figures of a trial and of a sweep, as a person reads, clicks and brushes them."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from hpolab.sweep import Sweep
from hpolab_widgets.hosting import EXAMPLE

from .lab_page import (
    PATIENCE,
    assert_fits,
    downloaded,
    drawn,
    go_to,
    open_trial,
    order,
    turn_to,
    wait_for_sweep,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def overfit(tmp_path_factory):
    """A sweeps directory with a copy of the example, whose best trial now overfits."""
    sweeps = tmp_path_factory.mktemp("sweeps")
    path = shutil.copytree(EXAMPLE, sweeps / "overfit")
    best = Sweep.follow(path).best.number
    recording = path / "trials" / f"{best:04d}" / "diagnostics" / "arrays.npz"
    with np.load(recording) as arrays:
        known = dict(arrays)
    known["val_loss"] = np.linspace(1.0, 4.0, len(known["val_loss"]), dtype=np.float32)
    np.savez_compressed(recording, **known)
    return sweeps


@pytest.fixture(scope="module")
def url(start_app, overfit):
    return start_app(HPOLAB_SWEEPS_DIR=str(overfit))


@pytest.fixture
def lab(url, open_page):
    page = open_page(url)
    wait_for_sweep(page, "overfit", trials=24)
    return page


@pytest.fixture
def diagnostics(lab):
    """The figures of the best trial, which overfits."""
    open_trial(lab, order(lab)[0])
    turn_to(lab, "Diagnostics")
    drawn(lab, "curves")
    return lab


def test_what_is_wrong_with_a_trial_is_said_first_and_leads_to_where_it_is_seen(diagnostics):
    said = diagnostics.get_by_text("something wrong")
    said.wait_for(timeout=PATIENCE)
    diagnostics.locator(".hpo-diagnostics-wrong").get_by_text("Learning curves").click()
    card = drawn(diagnostics, "curves")
    card.locator(".hpo-plot-verdict").wait_for()
    assert card.locator(".hpo-plot-head [tabindex]").evaluate("x => x === document.activeElement")
    assert "Learning curves. " in card.locator(".hpo-plot-box").get_attribute("aria-label")
    assert_fits(diagnostics)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_figure_is_as_wide_as_its_card_and_stays_so(url, open_page, width):
    page = open_page(url, width=width)
    wait_for_sweep(page, "overfit", trials=24)
    go_to(page, "Analysis")
    for name in ("history", "timeline"):
        drawn(page, name)
    fits = """() => ["history", "timeline"].every((name) => {
        const box = document.querySelector(`[data-plot=${name}] .hpo-plot-box`);
        return Number(box.querySelector(".main-svg").getAttribute("width")) === box.clientWidth;
    })"""
    page.wait_for_function(fits, timeout=PATIENCE)
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function(fits, timeout=PATIENCE)


def test_a_layer_leaves_its_own_figures_until_the_chip_is_pressed(diagnostics):
    cards = diagnostics.locator(".hpo-plot")
    everything = cards.count()
    diagnostics.locator(".hpo-diagnostics-head select").select_option("conv1")
    chip = diagnostics.get_by_role("button", name="Only layer conv1")
    chip.wait_for(timeout=PATIENCE)
    drawn(diagnostics, "weights/conv1")
    assert 0 < cards.count() < everything
    chip.click()
    drawn(diagnostics, "curves")
    assert cards.count() == everything


def test_a_figure_is_kept_as_picture_drawing_and_page(diagnostics):
    card = drawn(diagnostics, "curves")
    kept = {}
    for kind in ("PNG", "SVG", "HTML"):
        card.locator("summary").click()
        name, content = downloaded(diagnostics, card.get_by_role("button", name=kind))
        kept[name] = content
    assert {name.partition(".")[2] for name in kept} == {"png", "svg", "html"}
    picture, drawing, page = kept.values()
    assert picture.startswith(b"\x89PNG")
    assert b"Learning curves" in drawing
    assert b'src="http' not in page


def test_figures_follow_the_switch_of_light_and_dark(url, open_page):
    page = open_page(url, color_scheme="light")
    wait_for_sweep(page, "overfit", trials=24)
    go_to(page, "Analysis")
    card = drawn(page, "history")
    colour = "card => getComputedStyle(card.querySelector('.xtick text')).fill"
    before = card.evaluate(colour)
    page.get_by_role("button", name="Switch to dark colours").click()
    page.wait_for_function(
        "before => getComputedStyle(document.querySelector('.hpo-plot .xtick text')).fill"
        " !== before",
        arg=before,
        timeout=PATIENCE,
    )


def test_brushing_an_axis_leaves_only_its_trials_in_the_gallery(lab):
    go_to(lab, "Analysis")
    card = drawn(lab, "parallel")
    gallery = lab.locator(".hpo-lab-analysis .hpo-gallery")
    place = card.locator(".axis-brush").last.bounding_box()
    across = place["x"] + place["width"] / 2
    lab.mouse.move(across, place["y"] + 0.05 * place["height"])
    lab.mouse.down()
    lab.mouse.move(across, place["y"] + 0.4 * place["height"], steps=6)
    lab.mouse.up()
    chip = gallery.get_by_role("button", name="chosen in the chart")
    chip.wait_for(timeout=PATIENCE)
    chosen = int(chip.inner_text().split()[0])
    assert 0 < chosen < 24
    assert int(gallery.locator("h2").inner_text().split()[0]) == chosen
    chip.click()
    chip.wait_for(state="detached", timeout=PATIENCE)
    gallery.get_by_text("24 trials").wait_for(timeout=PATIENCE)


def test_a_point_of_a_chart_opens_its_trial(lab):
    go_to(lab, "Analysis")
    card = drawn(lab, "history")
    place = card.locator(".points path").first.bounding_box()
    lab.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    lab.get_by_role("region", name="Trial", exact=True).wait_for(timeout=PATIENCE)
    assert lab.locator('[aria-current="page"]').inner_text() == "Sweep"


def test_two_panels_share_one_library(lab):
    go_to(lab, "Analysis")
    drawn(lab, "history")
    shelf = "globalThis[Symbol.for('hpolab.plotly')]"
    lab.evaluate(f"window.first = {shelf}.ready")
    go_to(lab, "Sweep")
    open_trial(lab, order(lab)[0])
    turn_to(lab, "Diagnostics")
    drawn(lab, "curves")
    assert lab.evaluate(f"window.first === {shelf}.ready")
