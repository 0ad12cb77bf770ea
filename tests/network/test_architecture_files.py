from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from hpolab.errors import StoreError
from hpolab.network import ArchitectureGraph, LayerHealth


def test_a_graph_is_valid_under_its_own_json_schema(residual: ArchitectureGraph) -> None:
    healthy = residual.with_health({"answer": LayerHealth(silent=0.5, gradient=1e-3)})
    schema = ArchitectureGraph.model_json_schema()
    jsonschema.validate(healthy.to_dict(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**healthy.to_dict(), "layers": [{"name": "a"}]}, schema)


def test_files_round_trip(residual: ArchitectureGraph, tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(residual.to_json(), encoding="utf-8")
    assert ArchitectureGraph.load(path) == residual


OLD = {
    "format": 1,
    "name": "cnn",
    "n_parameters": 45,
    "layers": [
        {
            "name": "image",
            "kind": "InputLayer",
            "output_shape": [None, 8, 8, 1],
            "parameters": 0,
            "activation": None,
            "inputs": [],
        },
        {
            "name": "conv1",
            "kind": "Conv2D",
            "output_shape": [None, 4, 4, 4],
            "parameters": 37,
            "activation": "relu",
            "inputs": ["image"],
        },
        {
            "name": "norm1",
            "kind": "BatchNormalization",
            "output_shape": [None, 4, 4, 4],
            "parameters": 16,
            "activation": None,
            "inputs": ["conv1"],
        },
    ],
    "edges": [["image", "conv1"], ["conv1", "norm1"]],
}


def test_the_first_format_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps(OLD), encoding="utf-8")
    graph = ArchitectureGraph.load(path)
    assert graph.format == 2
    assert graph.edges == (("image", "conv1"), ("conv1", "norm1"))
    assert graph.layers[1].input_shapes == ((None, 8, 8, 1),)
    assert sum(layer.trainable_parameters for layer in graph.layers) == graph.n_parameters == 45


def test_a_newer_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps({**OLD, "format": 3}), encoding="utf-8")
    with pytest.raises(StoreError, match=r"has format 3, .* up to 2: update"):
        ArchitectureGraph.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"name": "cnn"}',
        '{"format": 2, "name": "cnn"}',
        '{"format": 1, "name": "cnn", "layers": [{}]}',
        '{"format": 1, "name": "x", "layers": [{"name": "a", "output_shape": [], "inputs": "b"}]}',
    ],
)
def test_a_damaged_file_is_a_store_error_that_names_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=r"architecture\.json"):
        ArchitectureGraph.load(path)


def test_a_missing_file_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot read"):
        ArchitectureGraph.load(tmp_path / "architecture.json")


def test_health_of_layers_that_are_not_there_is_left_out(residual: ArchitectureGraph) -> None:
    known = residual.with_health(
        {"nobody": LayerHealth(silent=1), "answer": LayerHealth(silent=0)}
    )
    assert [layer.name for layer in known.layers if layer.health] == ["answer"]
