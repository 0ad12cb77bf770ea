from __future__ import annotations

import itertools
from collections.abc import Callable

from hpolab.network import ArchitectureGraph, Layer, Picture, picture

MakeLayer = Callable[..., Layer]
MakeGraph = Callable[..., ArchitectureGraph]


def titles(drawn: Picture) -> list[str]:
    return [box.title for box in drawn.boxes]


def everything_open(graph: ArchitectureGraph) -> Picture:
    opened: set[str] = set()
    while True:
        drawn = picture(graph, opened)
        more = {box.name for box in drawn.boxes if box.is_block}
        if not more:
            return drawn
        opened |= more


def test_small_networks_do_not_fold(layer: MakeLayer, graph: MakeGraph) -> None:
    chain = [layer("image", "InputLayer")]
    for number in range(24):
        chain.append(layer(f"conv_{number}", "Conv2D", [chain[-1].name], inside=("inner",)))
    drawn = picture(graph(*chain))
    assert [box.name for box in drawn.boxes] == [each.name for each in chain]
    assert not drawn.frames


def test_rows_of_equal_blocks_fold_into_one_box_each(residual: ArchitectureGraph) -> None:
    drawn = picture(residual)
    assert titles(drawn) == [
        *("image", "conv2_block1 to 3", "conv3_block1 to 3", "conv4_block1 to 3", "answer"),
    ]
    assert [box.repeats for box in drawn.boxes] == [1, 3, 3, 3, 1]
    assert drawn.boxes[1].caption == "3 equal blocks, 15 layers"
    assert [(arrow.source, arrow.target) for arrow in drawn.arrows] == [
        (one.name, other.name) for one, other in itertools.pairwise(drawn.boxes)
    ]


def test_every_layer_is_in_exactly_one_box_whatever_is_open(residual: ArchitectureGraph) -> None:
    names = [layer.name for layer in residual.layers]
    row = picture(residual).boxes[2].name
    for unfolded in (frozenset(), {row}, {row, "conv3_block2"}, {"nobody"}):
        drawn = picture(residual, unfolded)
        assert sorted(name for box in drawn.boxes for name in box.layers) == sorted(names)


def test_a_row_opens_into_its_blocks_and_a_block_into_its_layers(
    residual: ArchitectureGraph,
) -> None:
    row = picture(residual).boxes[2].name
    opened = picture(residual, {row})
    assert titles(opened)[2:5] == ["conv3_block1", "conv3_block2", "conv3_block3"]
    deeper = picture(residual, {row, "conv3_block2"})
    assert "conv3_block2_add" in titles(deeper)
    assert [frame.name for frame in deeper.frames] == [row, "conv3_block2"]
    assert deeper.frames[1].boxes == tuple(
        f"conv3_block2_{part}" for part in ("1_conv", "1_bn", "2_conv", "add", "out")
    )
    assert set(deeper.frames[0].boxes) > set(deeper.frames[1].boxes)


def test_a_block_that_is_inside_a_folded_one_is_not_seen(residual: ArchitectureGraph) -> None:
    assert picture(residual, {"conv3_block2"}) == picture(residual)


def test_with_everything_open_all_layers_and_edges_are_drawn(residual: ArchitectureGraph) -> None:
    drawn = everything_open(residual)
    assert {box.name for box in drawn.boxes} == {layer.name for layer in residual.layers}
    assert {(arrow.source, arrow.target) for arrow in drawn.arrows} == set(residual.edges)


def test_nested_models_fold(layer: MakeLayer, graph: MakeGraph) -> None:
    chain = [layer("image", "InputLayer")]
    for number in range(30):
        kind = ("Conv2D", "BatchNormalization", "Activation")[number % 3]
        name = f"part{'abcdefghij'[number // 3]}{kind}"
        chain.append(layer(name, kind, [chain[-1].name], inside=("backbone",), parameters=number))
    chain.append(layer("answer", "Dense", [chain[-1].name]))
    drawn = picture(graph(*chain))
    assert titles(drawn) == ["image", "backbone", "answer"]
    assert drawn.boxes[1].family == "block"
    assert drawn.boxes[1].parameters == sum(range(30))


def test_a_stack_of_equal_readers_folds(layer: MakeLayer, graph: MakeGraph) -> None:
    chain = [layer("words", "InputLayer"), layer("first", "LSTM", ["words"], parameters=7)]
    for number in range(12):
        chain.append(layer(f"lstm_{number}", "LSTM", [chain[-1].name], parameters=9))
        chain.append(layer(f"dropout_{number}", "Dropout", [chain[-1].name]))
    drawn = picture(graph(*chain))
    assert len(drawn.boxes) == 3
    assert drawn.boxes[2].repeats == 12
    assert drawn.boxes[2].parameters == 12 * 9


def test_ways_that_part_and_join_fold_without_names(layer: MakeLayer, graph: MakeGraph) -> None:
    chain = [layer("image", "InputLayer")]
    for number in range(8):
        before, letter = chain[-1].name, "abcdefgh"[number]
        chain += [
            layer(f"conv{letter}x", "Conv2D", [before], parameters=number),
            layer(f"conv{letter}y", "Conv2D", [before], parameters=number),
            layer(f"relu{letter}", "ReLU", [f"conv{letter}y"]),
            layer(f"mixed{letter}", "Concatenate", [f"conv{letter}x", f"relu{letter}"]),
        ]
    drawn = picture(graph(*chain))
    assert len(drawn.boxes) == 9 or drawn.boxes[-1].repeats > 1
    assert len(everything_open(graph(*chain)).boxes) == 33


def test_a_block_that_would_make_a_ring_stays_open(layer: MakeLayer, graph: MakeGraph) -> None:
    """Layers of one name group before and behind another layer cannot be one box."""
    chain = [layer("image", "InputLayer")]
    for number in range(30):
        name = f"group1_{number}" if number % 2 else f"alone{chr(97 + number)}"
        kind = f"Kind{number}"
        chain.append(layer(name, kind, [chain[-1].name]))
    drawn = picture(graph(*chain))
    order = [name for box in drawn.boxes for name in box.layers]
    assert order == [each.name for each in chain]


def test_a_block_is_not_divided_into_a_part_and_what_is_left_over(
    layer: MakeLayer, graph: MakeGraph
) -> None:
    """As in Keras' ResNet50V2, where "conv2_block1_2" has four layers of a block's ten."""
    chain = [layer("image", "InputLayer")]
    for block in range(4):
        for part in ("preact_bn", "1_conv", "1_bn", "2_pad", "2_conv", "2_bn", "2_relu", "3_conv"):
            name = f"conv2_block{block}_{part}"
            chain.append(layer(name, part[2:], [chain[-1].name], parameters=block))
    expected = [f"conv2_block{block}" for block in range(4)]
    assert titles(picture(graph(*chain)))[1:] == expected
