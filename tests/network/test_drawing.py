"""Files for papers: SVG, PDF, Cytoscape."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from hpolab.errors import ConfigError
from hpolab.network import ArchitectureGraph, Layer, LayerHealth, Picture, picture
from hpolab.network.cytoscape import cytoscape
from hpolab.network.drawing import Colours
from hpolab.network.families import LABELS
from hpolab.network.legend import with_legend
from hpolab.network.pdf import pdf
from hpolab.network.svg import svg
from hpolab.palette import FAMILIES

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def open_picture(residual: ArchitectureGraph) -> Picture:
    row = picture(residual).boxes[1].name
    return picture(residual, {row, "conv2_block2"})


def texts(markup: str) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(markup).iter(f"{SVG}text")]


def test_an_svg_says_every_title_and_exactly_the_families_that_are_there(
    open_picture: Picture,
) -> None:
    said = texts(svg(open_picture))
    assert {box.title for box in open_picture.boxes} <= set(said)
    families = {label for label in LABELS.values() if label in said}
    assert families == {label for _, label in open_picture.legend}


def test_an_svg_fetches_nothing_and_has_a_title(open_picture: Picture) -> None:
    markup = svg(open_picture, title='A <network> & its "layers"')
    root = ElementTree.fromstring(markup)
    assert root.findtext(f"{SVG}title") == 'A <network> & its "layers"'
    assert set(re.findall(r'https?://[^" ]+', markup)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import|<image|href", markup)


def test_the_ground_of_an_svg_can_be_left_out(open_picture: Picture) -> None:
    assert "<rect" in svg(open_picture)
    assert "<rect" not in svg(open_picture, ground=None)


def test_names_of_any_script_survive(
    layer: Callable[..., Layer], graph: Callable[..., ArchitectureGraph]
) -> None:
    odd = graph(layer("größe <1> & слой 中"), layer("next", inputs=["größe <1> & слой 中"]))
    assert "größe <1> & слой 中" in texts(svg(picture(odd)))
    assert pdf(picture(odd)).startswith(b"%PDF")


def test_everything_on_the_sheet_lies_on_the_sheet(open_picture: Picture) -> None:
    sheet = with_legend(open_picture)
    for group in sheet.groups:
        for mark in group.marks:
            for values in (values for _, values in getattr(mark, "commands", ())):
                assert all(0 <= x <= sheet.width for x in values[::2])
                assert all(0 <= y <= sheet.height for y in values[1::2])


def test_colours_come_with_a_scale_instead_of_the_families(residual: ArchitectureGraph) -> None:
    sick = residual.with_health({"answer": LayerHealth(silent=0.5)})
    drawn = picture(sick)
    colours = Colours.by(sick, drawn, "health")
    said = texts(svg(drawn, colours))
    assert {"sick", "healthy", "50 % silent"} <= set(said)
    assert "Block of layers" not in said
    assert Colours.by(sick, drawn, "kind") is None


def test_a_pdf_is_one_page_of_the_size_of_the_drawing_and_the_same_each_time(
    open_picture: Picture,
) -> None:
    content = pdf(open_picture)
    sheet = with_legend(open_picture)
    (box,) = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", content)
    assert [float(size) for size in box] == [
        pytest.approx(0.75 * sheet.width, abs=0.01),
        pytest.approx(0.75 * sheet.height, abs=0.01),
    ]
    assert pdf(open_picture) == content


def test_a_missing_extra_is_told_with_how_to_get_it(
    open_picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(ConfigError, match=r"pip install 'hpolab\[paper\]'"):
        pdf(open_picture)


def test_cytoscape_elements_name_nodes_that_are_there(open_picture: Picture) -> None:
    elements = cytoscape(open_picture)["elements"]
    nodes = {node["data"]["id"]: node for node in elements["nodes"]}
    assert len(nodes) == len(open_picture.boxes) + len(open_picture.frames)
    for edge in elements["edges"]:
        assert {edge["data"]["source"], edge["data"]["target"]} <= set(nodes)
    outer, inner = (frame.name for frame in open_picture.frames)
    assert nodes[inner]["data"]["parent"] == outer
    assert nodes["conv2_block2_add"]["data"]["parent"] == inner
    assert "parent" not in nodes["image"]["data"]


def test_every_family_has_a_label_and_a_colour() -> None:
    assert list(LABELS) == list(FAMILIES)
