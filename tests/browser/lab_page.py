"""What a person sees and does on the lab's page, in the words of Playwright."""

from __future__ import annotations

PATIENCE = 60_000
"""Milliseconds that a page may take on a machine that is busy with other tests."""
WIDTHS = (1440, 390)


def wait_for_lab(page):
    """Return when the trials of the sweep that is shown first are on the page."""
    page.locator(".hpo-gallery-card").first.wait_for(timeout=PATIENCE)


def wait_for_sweep(page, name, *, trials):
    """Return when the visitor has arrived at a sweep; until then, the example is shown."""
    page.get_by_text(name, exact=True).first.wait_for(timeout=PATIENCE)
    page.get_by_role("heading", name=f"{trials} trials").wait_for(timeout=PATIENCE)
    wait_for_lab(page)


def go_to(page, name):
    """Visit a page of the lab by its button."""
    pages = page.get_by_role("navigation", name="Pages of the lab")
    pages.get_by_role("button", name=name, exact=True).click()
    page.locator('[aria-current="page"]', has_text=name).wait_for(timeout=PATIENCE)


def order(page):
    """The numbers of the trials whose cards are shown, from the first."""
    return page.locator(".hpo-gallery-card").evaluate_all(
        "cards => cards.map((card) => Number(card.dataset.trial))"
    )


def wait_for_another_order(page, before):
    """Return when the cards no longer stand in this order."""
    page.wait_for_function(
        "before => [...document.querySelectorAll('.hpo-gallery-card')]"
        ".map((card) => card.dataset.trial).join() !== before",
        arg=",".join(map(str, before)),
        timeout=PATIENCE,
    )


def choose(page, *trials):
    """Choose trials for comparison."""
    for trial in trials:
        button = page.get_by_role("button", name=f"Compare trial {trial}", exact=True)
        button.click()
        button.and_(page.locator("[aria-pressed=true]")).wait_for(timeout=PATIENCE)


def open_trial(page, trial):
    """Look at a trial closely; gives the view of it."""
    page.get_by_role("button", name=f"Open trial {trial}", exact=True).click()
    view = page.get_by_role("region", name="Trial", exact=True)
    view.get_by_role("heading", name=f"Trial {trial}", exact=True).wait_for(timeout=PATIENCE)
    return view


def drawn(page, name):
    """The card of a figure, when the figure is drawn."""
    card = page.locator(f'.hpo-plot[data-plot="{name}"]')
    card.scroll_into_view_if_needed(timeout=PATIENCE)
    card.locator("[data-drawn]").wait_for(timeout=PATIENCE)
    return card


def turn_to(page, tab):
    """Look at something else of the trial that is open."""
    page.get_by_role("tab", name=tab).click()
    page.get_by_role("tab", name=tab, selected=True).wait_for(timeout=PATIENCE)


def wait_for_state(page, state):
    """Return when the sweep that is shown is in this state."""
    page.locator(
        ".hpo-nav-sweep .hpo-state, .hpo-run-head .hpo-state", has_text=state
    ).first.wait_for(timeout=PATIENCE)


def downloaded(page, button):
    """The name and the content of the file that a button hands out."""
    with page.expect_download(timeout=PATIENCE) as waiting:
        button.click()
    file = waiting.value
    return file.suggested_filename, file.path().read_bytes()


TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((x) => x.getBoundingClientRect().right > innerWidth + 1)
    .map((x) => `${x.tagName} ${x.className} ${Math.round(x.getBoundingClientRect().right)}`)
    .slice(0, 8)"""


def assert_fits(page):
    """Nothing has to be scrolled sideways, at any width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide == width, page.evaluate(TOO_WIDE)
