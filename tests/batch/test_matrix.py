"""From a matrix file to cells: which there are, what they are called, and what is refused."""

from __future__ import annotations

import pytest
import yaml

from hpolab.batch.matrix import Matrix
from hpolab.batch.naming import labels
from hpolab.errors import ConfigError


@pytest.fixture
def matrix(tmp_path):
    """Reads a matrix from a file night.yaml."""

    def made(**content):
        path = tmp_path / "night.yaml"
        path.write_text(yaml.safe_dump(content, sort_keys=False))
        return Matrix.load(path)

    return made


def cells(asked, tmp_path):
    return {cell.name: cell.config for cell in asked.cells(tmp_path)}


def test_every_combination_is_a_cell_named_by_its_values_and_its_sweep_by_the_file(
    matrix, tmp_path
):
    asked = matrix(
        base={"epochs": 2, "budget": 3},
        matrix={"sampler": ["tpe", "random"], "weights.accuracy": [0.5, 0.9], "seed": [1]},
    )

    found = cells(asked, tmp_path)

    assert list(found) == [
        "tpe-accuracy0.5-seed1",
        "tpe-accuracy0.9-seed1",
        "random-accuracy0.5-seed1",
        "random-accuracy0.9-seed1",
    ]
    config = found["random-accuracy0.9-seed1"]
    assert config.name == "night-random-accuracy0.9-seed1"
    assert (config.sampler.name, config.weights.accuracy, config.seed) == ("random", 0.9, 1)
    assert (config.epochs, config.budget.trials) == (2, 3)


@pytest.mark.parametrize(
    ("key", "values", "names"),
    [
        ("dataset", ["digits", {"name": "mnist", "max_samples": 500}],
         ["digits", "mnist-max_samples500"]),
        ("space.filters", [[4, 8], {"low": 2, "high": 8}],
         ["filters-4-8", "filters-low2-high8"]),
        ("batch_norm", [True, None], ["batch_normtrue", "batch_normnull"]),
        ("data_path", ["my data/a", "b/a"], None),
        ("model", ["x" * 90, "../.."], None),
    ],
)  # fmt: skip
def test_labels_are_readable_different_and_can_be_file_names(key, values, names):
    found = labels(key, values)

    assert names is None or found == names
    assert len(set(found)) == len(values)
    assert all(set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.-+") for label in found)
    assert max(map(len, found)) <= 48
    assert labels(key, values) == found


def test_dotted_names_reach_into_what_the_base_writes_short(matrix, tmp_path):
    asked = matrix(
        base={"dataset": "digits", "budget": 5, "sampler": "tpe"},
        matrix={"dataset.max_samples": [100], "budget.seconds": [60], "space.filters": [[4]]},
    )

    (config,) = cells(asked, tmp_path).values()

    assert (config.dataset.name, config.dataset.max_samples) == ("digits", 100)
    assert (config.budget.trials, config.budget.seconds) == (5, 60)
    assert config.space == {"filters": [4]}


def test_cells_can_be_excluded_and_others_included(matrix, tmp_path):
    asked = matrix(
        matrix={"sampler": ["tpe", "random"], "seed": [0, 1]},
        exclude=[{"sampler": "random", "seed": 1}],
        include=[{"sampler": "qmc", "epochs": 7}],
    )

    found = cells(asked, tmp_path)

    assert list(found) == ["tpe-seed0", "tpe-seed1", "random-seed0", "qmc-epochs7"]
    assert found["qmc-epochs7"].epochs == 7


def test_data_paths_start_from_the_folder_of_the_file(matrix, tmp_path):
    asked = matrix(base={"dataset": {"name": "images"}}, matrix={"dataset.path": ["cats", "dogs"]})

    paths = [config.dataset.path for config in cells(asked, tmp_path).values()]

    assert paths == [tmp_path / "cats", tmp_path / "dogs"]


def test_all_that_is_wrong_is_said_at_once_with_the_key_and_the_cells(matrix, tmp_path):
    asked = matrix(matrix={"epochs": [0], "sampler": ["tpee", "random"], "weights.accuracy": [2]})

    with pytest.raises(ConfigError) as refused:
        asked.cells(tmp_path)

    lines = str(refused.value).splitlines()
    assert lines[0] == "some of the 2 cells cannot be run, so none was started:"
    said = "\n".join(lines)
    assert "epochs: Input should be greater than or equal to 1 (got 0)" in said
    assert "sampler.name: no such sampler: 'tpee'; did you mean 'tpe'?" in said
    assert "weights.accuracy: Input should be less than or equal to 1 (got 2" in said
    assert "[tpee-epochs" not in said
    assert sum("epochs: Input" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "no cell is left"),
        ({"matrx": {}}, "matrx: no such setting; did you mean 'matrix'"),
        ({"matrix": {"sampler": "tpe"}}, r"matrix\.sampler: write a list of values"),
        ({"matrix": {"sampler": []}}, r"matrix\.sampler: write a list of values"),
        ({"matrix": {"samplr": ["tpe"]}}, "samplr: no such setting; did you mean 'sampler'"),
        ({"matrix": {"seed": [1, 1]}}, r"the cell seed1.* is there 2 times"),
        ({"matrix": {"name": ["a"]}}, "name: cells have names of their own"),
        ({"base": {"name": "a"}, "matrix": {"seed": [1]}}, "name: cells have names of their own"),
        ({"matrix": {"model.x": [1]}, "base": {"model": "cnn"}}, r"model\.x: nothing can be set"),
        ({"matrix": {"seed": [1]}, "exclude": [{"seed": 2}]}, r"exclude\.0: 2 is none of the"),
        ({"matrix": {"seed": [1]}, "exclude": [{"sed": 1}]}, r"exclude\.0: sed does not vary"),
        ({"matrix": {"seed": [1]}, "exclude": [{}]}, r"exclude\.0: this would exclude every"),
        ({"matrix": {"seed": [1]}, "exclude": [{"seed": 1}]}, "no cell is left"),
        ({"include": [{}]}, r"include\.0: name what tells"),
        ({"matrix": {"seed": [1]}, "parallel": 0}, "parallel: Input should be greater"),
        ({"matrix": {"seed": [1]}, "name": "a/b"}, "name: String should match"),
    ],
)
def test_what_cannot_be_is_refused_with_its_key(matrix, tmp_path, content, said):
    with pytest.raises(ConfigError, match=said):
        matrix(**content).cells(tmp_path)


def test_a_cell_with_many_settings_still_has_a_name_that_a_sweep_can_bear(matrix, tmp_path):
    many = {"epochs": 3, "seed": 11, "space": {f"parameter_{n}": [n, n + 1] for n in range(9)}}

    ((name, config),) = cells(matrix(name="n" * 40, include=[many]), tmp_path).items()

    assert name.startswith("epochs3-seed11-space-")
    assert len(config.name) <= 100
