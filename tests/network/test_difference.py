from __future__ import annotations

from hpolab.models.cnn import cnn
from hpolab.network import ArchitectureGraph, extract
from hpolab.network.difference import Difference, difference

TIMES = " \N{MULTIPLICATION SIGN} "


def told(first: ArchitectureGraph, second: ArchitectureGraph) -> dict[str, Difference]:
    """Differences by the name in the second network, or the first where it is gone."""
    return {each.second or each.first or "": each for each in difference(first, second)}


def test_a_network_differs_from_itself_in_nothing() -> None:
    graph = extract(cnn((8, 8, 1), 3))
    found = difference(graph, graph)
    assert [each.first for each in found] == [layer.name for layer in graph.layers]
    assert {each.state for each in found} == {"same"}


def test_other_widths_are_changes_in_words() -> None:
    found = told(extract(cnn((8, 8, 1), 3, filters=8)), extract(cnn((8, 8, 1), 3, filters=16)))
    assert found["conv1"].state == "changed"
    assert found["conv1"].changes == (
        "16 instead of 8 filters",
        "output 8 x 8 x 16 instead of 8 x 8 x 8".replace(" x ", TIMES),
        "160 instead of 80 parameters",
    )
    assert found["image"].state == found["logits"].state == "same"


def test_layers_that_only_one_network_has_are_added_or_gone() -> None:
    plain = extract(cnn((8, 8, 1), 3))
    normed = extract(cnn((8, 8, 1), 3, batch_norm=True))
    there = told(plain, normed)
    assert {name for name, each in there.items() if each.state == "added"} == {"norm1", "norm2"}
    back = told(normed, plain)
    assert {name for name, each in back.items() if each.state == "gone"} == {"norm1", "norm2"}
    assert there["conv2"].first == there["conv2"].second == "conv2"


def test_layers_are_held_against_their_namesakes_when_a_block_is_missing() -> None:
    short = extract(cnn((16, 16, 1), 3, n_blocks=2))
    deep = extract(cnn((16, 16, 1), 3, n_blocks=3))
    found = told(short, deep)
    assert {name for name, each in found.items() if each.state == "added"} == {
        *("conv3", "act3", "pool3", "drop3"),
    }
    assert all(each.first == each.second for each in found.values() if each.state != "added")


def test_another_activation_is_said() -> None:
    found = told(extract(cnn((8, 8, 1), 3)), extract(cnn((8, 8, 1), 3, activation="tanh")))
    assert found["act1"].changes == ("tanh instead of relu activation",)


def test_every_layer_of_both_is_told_once_and_in_order() -> None:
    one = extract(cnn((16, 16, 1), 3, head="global_average", n_blocks=1))
    other = extract(cnn((16, 16, 1), 3, pooling="stride", batch_norm=True))
    found = difference(one, other)
    assert [each.first for each in found if each.first] == [layer.name for layer in one.layers]
    assert [each.second for each in found if each.second] == [x.name for x in other.layers]
