import json
import shutil

import numpy as np
import pytest

from hpolab.errors import ConfigError, StoreError
from hpolab.network import (
    ArchitectureGraph,
    ForwardPass,
    Layer,
    LayerHealth,
    LayerPass,
    picture,
)
from hpolab.network.passes import Shown, packed
from hpolab_widgets import Lab, LabState, Network
from hpolab_widgets.hosting import EXAMPLE, Host
from hpolab_widgets.networks.cards import card
from hpolab_widgets.networks.examples import takes

ARCHITECTURE = EXAMPLE / "best" / "architecture.json"


def boxes(panel):
    return [box["name"] for box in panel.view["picture"]["boxes"]]


def chain(*layers):
    """A network in a row: (name, kind, output shape) each."""
    made, before = [], ()
    for name, kind, shape in layers:
        made.append(Layer(name=name, kind=kind, output_shape=shape, inputs=before))
        before = (name,)
    return ArchitectureGraph(name="made", n_parameters=0, layers=tuple(made))


@pytest.fixture
def sweep(made):
    """Two trials that have left a network each, and one that has not begun to train."""
    for number in (0, 1):
        made.complete(number, 0.6 + 0.1 * number)
        folder = made.folder.trial(number)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ARCHITECTURE, folder)
    made.start(2)
    return made


@pytest.fixture
def panel(sweep):
    with_it = Network(sweep.path)
    yield with_it
    with_it.close()


@pytest.fixture
def sent(monkeypatch):
    """What panels have handed to the browser: file name and content."""
    files = {}

    def send(self, content, buffers=None):
        files[content["download"]] = buffers[0]

    monkeypatch.setattr(Network, "send", send)
    return files


def large():
    """Twelve equal blocks of three layers."""
    layers = [("input", "InputLayer", (None, 32, 32, 3))]
    for block in range(12):
        for part, kind in (("conv", "Conv2D"), ("bn", "BatchNormalization"), ("relu", "ReLU")):
            layers.append((f"stage1_block{block}_{part}", kind, (None, 32, 32, 8)))
    return chain(*layers, ("dense", "Dense", (None, 10)))


# ---- which network ---------------------------------------------------------------------------


def test_alone_it_shows_the_network_of_the_best_trial(panel):
    assert panel.view["title"] == "Trial 1"
    assert boxes(panel)[:2] == ["image", "rescale"]
    panel.lab.opened = 0
    assert panel.view["title"] == "Trial 0"


def test_in_a_lab_it_draws_nothing_until_its_tab_is_open(sweep):
    lab = LabState.of(sweep.path)
    panel = Network(lab)
    lab.opened = 0
    assert panel.view == {}
    lab.tab = "network"
    assert panel.view["title"] == "Trial 0"
    lab.tab = "overview"
    assert panel.view == {}


def test_the_lab_shows_it_on_the_tab_of_the_trial(sweep):
    lab = Lab(sweep.path)
    lab.state.opened, lab.state.tab = 0, "network"
    [panel] = lab._boxes["network"].children
    assert isinstance(panel, Network)
    assert lab._boxes["network"].layout.display is None
    lab.state.tab = "overview"
    assert lab._boxes["network"].layout.display == "none"
    lab.close()


def test_a_trial_without_a_network_says_why(panel):
    panel.lab.opened = 2
    assert "once its training has begun" in panel.view["hint"]
    assert panel.problem == ""


def test_without_a_sweep_it_says_what_to_do():
    assert "Start a sweep" in Network().view["hint"]


def test_it_takes_the_path_of_an_architecture():
    panel = Network(ARCHITECTURE)
    graph = ArchitectureGraph.load(ARCHITECTURE)
    assert boxes(panel) == [layer.name for layer in graph.layers]
    assert f"{graph.n_parameters:,} trainable" in panel.view["summary"]
    assert panel.view["neighbours"] == []


def test_it_takes_a_keras_model_and_the_path_of_one(tmp_path):
    import keras

    model = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(name="flat"), keras.layers.Dense(2)]
    )
    model.save(tmp_path / "small.keras")
    for source in (model, tmp_path / "small.keras"):
        assert "flat" in boxes(Network(source))


@pytest.mark.parametrize("name", ["none.keras", "none.json"])
def test_a_path_where_nothing_is_is_refused(tmp_path, name):
    with pytest.raises(StoreError, match=name):
        Network(tmp_path / name)


# ---- what is drawn ---------------------------------------------------------------------------


def test_a_layer_that_is_chosen_is_told_of(panel):
    panel.chosen = "conv1"
    told = panel.view["card"]
    assert told["kind"] == "Conv2D"
    layers = {layer.name: layer for layer in ArchitectureGraph.load(ARCHITECTURE).layers}
    sizes = map(str, layers["conv1"].output_shape[1:])
    assert dict(told["facts"])["output"] == " \u00d7 ".join(sizes)
    panel.chosen = "no such layer"
    assert (panel.view["card"], panel.view["chosen"]) == (None, "")


def test_a_card_says_how_a_layer_was():
    health = LayerHealth(silent=0.41, activation=0.25, gradient=0.01, update=0.002)
    graph = chain(("input", "InputLayer", (None, 4)), ("dense", "Dense", (None, 8)))
    graph = graph.with_health({"dense": health})
    panel_box = picture(graph).boxes[1]
    said = " ".join(card(graph, panel_box)["health"])
    assert "41 % of its units are silent" in said
    assert "0.2 % of their size" in said


def test_blocks_of_a_large_network_unfold_and_fold_again(tmp_path):
    (tmp_path / "large.json").write_text(large().to_json(), encoding="utf-8")
    panel = Network(tmp_path / "large.json")
    folded = boxes(panel)
    block = next(box for box in panel.view["picture"]["boxes"] if len(box["layers"]) > 1)
    panel.chosen = block["name"]
    assert panel.view["card"]["is_block"]
    panel.wish("fold", name=block["name"])
    assert len(boxes(panel)) > len(folded)
    assert [frame["name"] for frame in panel.view["picture"]["frames"]] == [block["name"]]
    panel.wish("fold", name=block["name"])
    assert boxes(panel) == folded


def test_the_diagnostics_of_a_layer_are_one_wish_away(sweep):
    lab = LabState.of(sweep.path)
    panel = Network(lab)
    lab.opened, lab.tab = 0, "network"
    panel.wish("diagnose", layer="conv1")
    assert (lab.layer, lab.tab) == ("conv1", "diagnostics")
    lab.tab = "network"
    panel.wish("diagnose", layer="conv99")
    assert "no layer 'conv99'" in panel.problem


def test_another_trial_stands_beside_it_by_menu_or_by_comparison(panel):
    panel.wish("beside", trial=0)
    assert panel.view["other"]["title"] == "Trial 0"
    panel.wish("beside", trial=-1)
    assert panel.view["other"] is None
    panel.lab.opened = 0
    panel.lab.compared = (0, 1)
    assert panel.view["other"]["title"] == "Trial 1"
    panel.wish("beside", trial=-1)
    assert (panel.view["other"], panel.lab.compared) == (None, ())


def test_the_network_goes_home_as_data(panel, sent):
    panel.wish("download", what="json")
    [(name, content)] = sent.items()
    assert name == "trial-1-network.json"
    assert ArchitectureGraph.parse(json.loads(content)).layers[0].name == "image"


@pytest.mark.parametrize(
    ("verb", "details"),
    [
        ("fold", {"name": 3}),
        ("beside", {"trial": "0"}),
        ("beside", {"trial": True}),
        ("download", {"what": "exe"}),
        ("diagnose", {"layer": None}),
        ("show", {}),
        ("show", {"text": " "}),
        ("show", {"validation": -1}),
        ("show", {"pixels": "AAAA", "rows": "2", "columns": 2, "channels": 1}),
        ("show", {"pixels": "AAAA", "rows": 9000, "columns": 9000, "channels": 3}),
    ],
)
def test_what_a_browser_makes_up_is_refused_in_words(panel, verb, details):
    before = panel.view
    panel.wish(verb, **details)
    assert panel.problem
    assert "inside hpolab" not in panel.problem
    assert panel.view == before


def test_what_a_browser_sets_to_nonsense_does_no_harm(panel):
    panel.set_state({"colour": "no such colour", "mode": "no such mode", "view": {}, "trace": 3})
    assert (panel.view["colour"], panel.view["mode"]) == ("kind", "layers")
    assert panel.trace == {"of": ""}


# ---- an example on its way -------------------------------------------------------------------


class FakeTracer:
    """Answers at once, without a network."""

    pid = None
    asked = ()

    def ask(self, subject, example):
        self.asked = (*self.asked, (subject, example))
        shown = Shown(pixels=packed(np.zeros((2, 2, 1), np.uint8)), shape=(2, 2, 1))
        layer = LayerPass(name="image", kind="InputLayer", shape=(2, 2, 1), mean=0.0, at_zero=1.0)
        return ForwardPass(shown=shown, layers=(layer,))

    def close(self):
        self.asked = ()


@pytest.fixture
def with_model(sweep, monkeypatch):
    """The panel of a trial that has kept its model."""
    monkeypatch.setattr(Host, "tracer", lambda _: FakeTracer())
    (sweep.folder.trial(1) / "model.keras").write_bytes(b"weights")
    return Network(sweep.path, mode="example")


def test_a_trial_that_has_kept_no_model_says_why_nothing_can_be_sent(panel):
    panel.mode = "example"
    assert "model.keras is not in the sweep folder" in panel.view["example"]["why"]
    panel.wish("show", validation=0)
    assert "no network of trial 1" in panel.problem


def test_an_example_is_sent_through_the_network_of_the_trial(with_model):
    assert with_model.view["example"]["why"] == ""
    assert with_model.view["example"]["takes"] == "picture"
    with_model.wish("show", pixels="AAAAAA==", rows=2, columns=2, channels=1)
    assert with_model.problem == ""
    [(subject, example)] = with_model._tracer.asked
    assert subject.model.parent.name == "0001"
    assert example.shape == (2, 2, 1)
    assert with_model.trace["of"] == with_model.view["of"]
    assert with_model.trace["pass"]["dies_at"] == "image"


def test_an_example_on_its_way_is_taken_home_as_a_page(with_model, monkeypatch):
    taken = {}
    monkeypatch.setattr(
        with_model, "download", lambda name, content, **_: taken.update({name: content})
    )
    with_model.wish("download", what="html")
    assert with_model.problem.startswith("send an example through the network first")
    with_model.wish("show", validation=3)
    with_model.wish("download", what="html")
    assert with_model.problem == ""
    assert taken["trial-1-network.html"].startswith(b"<!doctype html>")
    with_model.lab.opened = 0
    with_model.wish("download", what="html")
    assert with_model.problem.startswith("send an example through the network first")


def test_what_became_of_an_example_is_not_taken_for_that_of_another_trial(with_model):
    with_model.wish("show", validation=3)
    with_model.lab.opened = 0
    assert with_model.trace["of"] != with_model.view["of"]


def test_examples_that_cannot_be_read_are_said_to_be_so(with_model, sweep, monkeypatch):
    def fail(*_):
        raise ConfigError("no data here.")

    monkeypatch.setattr("hpolab_widgets.networks.examples.candidates", fail)
    with_model.wish("examples")
    assert with_model.examples["problem"] == "no data here."
    assert with_model.problem == ""


@pytest.mark.parametrize(
    ("shape", "kind", "sizes"),
    [
        ((None, 28, 28, 1), "picture", (28, 28, 1)),
        ((None, None, None, 3), "picture", (96, 96, 3)),
        ((None, 1000, 1000, 3), "picture", (224, 224, 3)),
        ((None, 28, 28, 5), "", (0, 0, 0)),
        ((None, 20), "", (0, 0, 0)),
    ],
)
def test_what_can_be_drawn_is_known_from_the_input(shape, kind, sizes):
    found = takes(chain(("input", "InputLayer", shape), ("flat", "Flatten", (None, 9))))
    assert (found.kind, tuple(found[1:])) == (kind, sizes)


def test_texts_are_for_networks_that_embed_words():
    graph = chain(("words", "InputLayer", (None, 50)), ("embed", "Embedding", (None, 50, 8)))
    assert takes(graph).kind == "text"
