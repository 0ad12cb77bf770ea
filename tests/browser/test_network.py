"""Looking into a network: its layers, an example on its way through them, and two side by side."""

from __future__ import annotations

import pytest

from hpolab.config import SweepConfig
from hpolab.sweep import Sweep

from .conftest import needed
from .lab_page import PATIENCE, WIDTHS, assert_fits, open_trial, order, wait_for_lab
from .test_accessibility import findings
from .test_jupyterlab import lab_url, run_all  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def trained_url(start_app, tmp_path_factory):
    """The app on a sweep of two small networks that were really trained, and left their models."""
    sweeps = tmp_path_factory.mktemp("sweeps")
    config = SweepConfig(
        name="digits",
        dataset="digits",
        model="cnn",
        budget=2,
        epochs=1,
        sampler="random",
        pruner="none",
        seed=3,
    )
    assert Sweep(config, path=sweeps / "digits").run().state == "finished"
    return start_app(HPOLAB_SWEEPS_DIR=str(sweeps))


def open_sweep(open_page, url):
    """The page with the trained sweep, which takes the place of the example."""
    page = open_page(url)
    page.locator(".hpo-run-head", has_text="digits · cnn").wait_for(timeout=PATIENCE)
    page.wait_for_function(
        "document.querySelectorAll('.hpo-gallery-card').length === 2", timeout=PATIENCE
    )
    return page


def open_network(page, trial):
    """The drawing of a trial's network."""
    open_trial(page, trial)
    page.get_by_role("tab", name="Network").click()
    network = page.get_by_role("region", name="Network", exact=True)
    network.locator("[data-box]").first.wait_for(timeout=PATIENCE)
    return network


def menu(network, label):
    return network.locator("label", has_text=label).get_by_role("combobox")


def box(network, name):
    return network.locator(f'[data-box="{name}"]').first


def test_a_layer_tells_what_it_is_and_leads_to_its_diagnostics(trained_url, open_page):
    page = open_sweep(open_page, trained_url)
    network = open_network(page, order(page)[0])
    assert_fits(page)
    menu(network, "Colours").select_option("health")
    network.get_by_text("Health of the layer").wait_for(timeout=PATIENCE)
    assert "silent" in box(network, "conv1").get_attribute("aria-label") or "healthy" in box(
        network, "conv1"
    ).get_attribute("aria-label")
    box(network, "image").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    card = network.get_by_role("complementary", name="conv1")
    card.get_by_text("Conv2D").wait_for(timeout=PATIENCE)
    card.get_by_role("button", name="Its diagnostics").click()
    page.get_by_role("tab", name="Diagnostics", selected=True).wait_for(timeout=PATIENCE)
    page.get_by_text("only conv1").wait_for(timeout=PATIENCE)


def test_an_example_is_watched_to_its_end_and_then_a_digit_is_drawn(trained_url, open_page):
    page = open_sweep(open_page, trained_url)
    network = open_network(page, order(page)[0])
    network.get_by_role("button", name="An example on its way").click()
    network.locator(".hpo-network-candidate").first.click(timeout=PATIENCE)
    place = network.get_by_role("slider", name="Where the example is")
    place.wait_for(timeout=PATIENCE)
    network.get_by_role("combobox", name="Speed").select_option("4")
    network.get_by_text("It says").wait_for(timeout=PATIENCE)
    assert place.input_value() == place.get_attribute("max")
    place.focus()
    page.keyboard.press("Home")
    network.get_by_role("heading", name="image").wait_for(timeout=PATIENCE)
    network.get_by_role("button", name="Step forward").click()
    network.get_by_role("heading", name="rescale").wait_for(timeout=PATIENCE)
    assert_fits(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    pad = network.get_by_role("img", name="A ground to draw on")
    pad.wait_for(timeout=PATIENCE)
    pad.scroll_into_view_if_needed()
    ground = pad.bounding_box()
    middle = ground["x"] + ground["width"] / 2
    page.mouse.move(middle, ground["y"] + 20)
    page.mouse.down()
    page.mouse.move(middle, ground["y"] + ground["height"] - 20, steps=5)
    page.mouse.up()
    network.get_by_role("button", name="Show it").click()
    network.locator('.hpo-network-candidate[aria-pressed="true"]').wait_for(
        state="detached", timeout=PATIENCE
    )
    place.focus()
    page.keyboard.press("End")
    network.get_by_text("It says").wait_for(timeout=PATIENCE)


def test_two_networks_stand_side_by_side_with_what_differs_in_words(trained_url, open_page):
    page = open_sweep(open_page, trained_url)
    first, second = order(page)[:2]
    network = open_network(page, first)
    menu(network, "Beside").select_option(str(second))
    for trial in (first, second):
        network.get_by_role("region", name=f"Trial {trial}", exact=True).wait_for(timeout=PATIENCE)
    differences = network.get_by_role("region", name="What differs")
    assert differences.get_by_role("listitem").count() > 0
    assert_fits(page)


def test_axe_finds_nothing_serious(trained_url, open_page):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    page = open_sweep(open_page, trained_url)
    network = open_network(page, order(page)[0])
    box(network, "conv1").click()
    network.get_by_role("complementary", name="conv1").wait_for(timeout=PATIENCE)
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found |= {(scheme, width): grave} if (grave := findings(axe, page)) else {}
    assert found == {}


def test_it_works_in_a_cell_of_jupyterlab(lab_url, open_page):  # noqa: F811
    page = open_page(lab_url)
    run_all(page)
    wait_for_lab(page)
    network = open_network(page, order(page)[0])
    menu(network, "Colours").select_option("parameters")
    box(network, "conv1").click()
    network.get_by_role("complementary", name="conv1").get_by_text("Conv2D").wait_for(
        timeout=PATIENCE
    )
    cell = page.locator(".jp-OutputArea-output").first
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
