import itertools

import pytest

from hpolab.palette import DARK, FAMILIES, LIGHT, SERIES, STATES, TONE, contrast, mixed
from hpolab.scoring import METRICS

PAGES = {"light": LIGHT, "dark": DARK}


@pytest.mark.parametrize("colours", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("ground", ["page", "surface", "sunken"])
@pytest.mark.parametrize("text", ["text", "quiet", "accent", "other", "good", "warn", "bad"])
def test_text_can_be_read_on_every_ground(colours, ground, text):
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("name", ["accent", "good", "warn", "bad"])
def test_a_coloured_text_can_be_read_on_its_own_soft_ground(colours, name):
    assert contrast(colours[name], colours[f"{name}-soft"]) >= 4.5
    assert contrast(colours["text"], colours[f"{name}-soft"]) >= 4.5


@pytest.mark.parametrize("colours", PAGES.values(), ids=PAGES)
def test_controls_and_their_labels_stand_out(colours):
    assert contrast(colours["edge"], colours["surface"]) >= 3
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def test_every_measured_thing_has_its_own_visible_colour():
    assert list(SERIES) == ["accuracy", *METRICS]
    for page, surface in enumerate((LIGHT["surface"], DARK["surface"])):
        colours = [pair[page] for pair in SERIES.values()]
        assert all(contrast(colour, surface) >= 3 for colour in colours)
        assert all(one != other for one, other in itertools.combinations(colours, 2))


def test_black_on_white_has_the_highest_contrast_there_is():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_pages_name_the_same_colours():
    assert list(LIGHT) == list(DARK)
    assert set(STATES.values()) <= set(LIGHT)


@pytest.mark.parametrize("page", [0, 1], ids=PAGES)
def test_every_family_of_layers_has_a_visible_outline_and_a_ground_to_read_on(page):
    named = (LIGHT, DARK)[page]
    colours = [pair[page] for pair in FAMILIES.values()]
    assert len(set(colours)) == len(colours)
    for colour in colours:
        ground = mixed(colour, named["surface"], TONE)
        assert contrast(colour, named["surface"]) >= 3
        assert contrast(named["text"], ground) >= 4.5
        assert contrast(named["quiet"], ground) >= 4.5


def test_mixing_goes_from_one_colour_to_the_other():
    assert mixed("#102030", "#ffffff", 1) == "#102030"
    assert mixed("#102030", "#fffffe", 0) == "#fffffe"
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
