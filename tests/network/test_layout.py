"""Properties of every drawing, whatever the network."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpolab.network import ArchitectureGraph, Box, Layer, Picture, picture

KINDS = ("Dense", "Conv2D", "Add", "Activation", "LSTM", "MaxPooling2D")


@st.composite
def graphs(draw: st.DrawFn) -> ArchitectureGraph:
    """Any acyclic graph of up to 40 layers, with names short and long."""
    layers: list[Layer] = []
    for number in range(draw(st.integers(1, 40))):
        feeding = st.sets(st.integers(0, number - 1), max_size=4) if number else st.just(set())
        layers.append(
            Layer(
                name=f"layer_{number}" + "x" * draw(st.integers(0, 30)),
                kind=draw(st.sampled_from(KINDS)),
                output_shape=(None, draw(st.sampled_from((1, 7, 12_345)))),
                parameters=draw(st.sampled_from((0, 10, 10**6))),
                inputs=tuple(layers[at].name for at in sorted(draw(feeding))),
            )
        )
    return ArchitectureGraph(name="any", n_parameters=0, layers=tuple(layers))


@st.composite
def drawings(draw: st.DrawFn) -> Picture:
    """Any drawing, with any of its blocks open."""
    graph = draw(graphs())
    opened: set[str] = set()
    for _ in range(3):
        blocks = [box.name for box in picture(graph, opened).boxes if box.is_block]
        opened |= draw(st.sets(st.sampled_from(blocks))) if blocks else set()
    return picture(graph, opened)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@settings(max_examples=60)
@given(drawings())
def test_no_two_boxes_overlap(drawn: Picture) -> None:
    for one, other in itertools.combinations(drawn.boxes, 2):
        assert not overlap(one, other), (one.name, other.name)


@settings(max_examples=60)
@given(drawings())
def test_arrows_go_from_the_lower_edge_of_one_box_to_the_upper_edge_of_another(
    drawn: Picture,
) -> None:
    boxes = {box.name: box for box in drawn.boxes}
    for arrow in drawn.arrows:
        source, target = boxes[arrow.source], boxes[arrow.target]
        (x0, y0), (x1, y1) = arrow.points[0], arrow.points[-1]
        assert y0 == pytest.approx(source.y + source.height)
        assert y1 == pytest.approx(target.y)
        assert source.x <= x0 <= source.x + source.width
        assert target.x <= x1 <= target.x + target.width
        assert source.y + source.height < target.y


@settings(max_examples=60)
@given(drawings())
def test_arrows_run_level_or_downwards_and_never_through_a_box(drawn: Picture) -> None:
    for arrow in drawn.arrows:
        for (x0, y0), (x1, y1) in itertools.pairwise(arrow.points):
            assert x0 == pytest.approx(x1) or y0 == pytest.approx(y1)
            assert y1 >= y0 - 1e-6
            line = Box(
                name="line",
                family="other",
                title="",
                layers=(),
                x=min(x0, x1),
                y=y0 + 1e-3,
                width=abs(x1 - x0),
                height=max(0.0, y1 - y0 - 2e-3),
            )
            for box in drawn.boxes:
                assert not overlap(line, box), (arrow.source, arrow.target, box.name)


@settings(max_examples=60)
@given(drawings())
def test_nothing_lies_outside(drawn: Picture) -> None:
    for what in (*drawn.boxes, *drawn.frames):
        assert what.x >= 0
        assert what.y >= 0
        assert what.x + what.width <= drawn.width
        assert what.y + what.height <= drawn.height
    for x, y in itertools.chain.from_iterable(arrow.points for arrow in drawn.arrows):
        assert 0 <= x <= drawn.width
        assert 0 <= y <= drawn.height


@settings(max_examples=60)
@given(drawings())
def test_frames_hold_their_boxes(drawn: Picture) -> None:
    boxes = {box.name: box for box in drawn.boxes}
    for frame in drawn.frames:
        for name in frame.boxes:
            box = boxes[name]
            assert frame.x < box.x
            assert frame.y < box.y
            assert box.x + box.width < frame.x + frame.width
            assert box.y + box.height < frame.y + frame.height


@settings(max_examples=30)
@given(graphs())
def test_the_same_network_is_drawn_the_same_way(graph: ArchitectureGraph) -> None:
    assert picture(graph) == picture(graph)


def test_a_chain_stands_straight_beside_its_skip_connection(residual: ArchitectureGraph) -> None:
    row = picture(residual).boxes[1].name
    drawn = picture(residual, {row, "conv2_block2"})
    centres = {box.name: box.x + box.width / 2 for box in drawn.boxes}
    assert len(set(centres.values())) == 1
    skip = next(
        arrow
        for arrow in drawn.arrows
        if arrow.points[0][0] != arrow.points[-1][0] or len(arrow.points) > 2
    )
    assert skip.target == "conv2_block2_add"


def test_boxes_are_higher_the_more_parameters_they_have(residual: ArchitectureGraph) -> None:
    boxes = sorted(picture(residual).boxes, key=lambda box: box.parameters)
    assert [box.height for box in boxes] == sorted(box.height for box in boxes)


def test_the_legend_has_exactly_the_families_that_are_drawn(residual: ArchitectureGraph) -> None:
    assert picture(residual).legend == (
        ("input", "Input"), ("block", "Block of layers"), ("dense", "Dense"),
    )  # fmt: skip
