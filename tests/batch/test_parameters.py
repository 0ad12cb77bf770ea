"""The flat mirror of SweepConfig: complete, typed alike, and strict about names."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from hpolab.batch import Parameters
from hpolab.config import SweepConfig
from hpolab.errors import ConfigError

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "sweep.ipynb"

CHANGES = {
    "dataset": "mnist",
    "data_path": "/data/x.csv",
    "data_dir": "/data",
    "max_samples": 500,
    "validation": 0.2,
    "test": 0.25,
    "data_seed": 3,
    "model": "lstm",
    "space": {"filters": [8, 16]},
    "weight_accuracy": 0.5,
    "epochs": 3,
    "trials": 4,
    "seconds": 60.0,
    "total_epochs": 99,
    "limits": "none",
    "sampler": {"name": "tpe", "n_startup_trials": 4},
    "pruner": "none",
    "executor": "inline",
    "precision": "auto",
    "seed": 7,
    "record": "all",
    "max_failures": 2,
    "follows": "/sweeps/old",
}
ARE_CHANGED_TOGETHER = {"name", "mode", "workers"} | {
    name for name in Parameters.model_fields if name.startswith("weight_")
} - {"weight_accuracy"}


def parameters_cell():
    """The source of the notebook's own parameters."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    (cell,) = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    return cell.source


def without_name(config):
    return config.replace(name="")


def test_without_changes_they_ask_for_what_the_config_asks_for():
    assert without_name(Parameters().config()) == SweepConfig()


def test_every_parameter_is_tried_below():
    assert set(CHANGES) | ARE_CHANGED_TOGETHER == set(Parameters.model_fields)


@pytest.mark.parametrize("name", CHANGES)
def test_each_parameter_changes_what_is_asked(name):
    config = Parameters(**{name: CHANGES[name]}).config()

    assert without_name(config) != SweepConfig()


def test_weights_workers_and_mode_arrive():
    config = Parameters(
        weight_neuron_utilisation=0.4, weight_parameter_efficiency=0.0, workers=3
    ).config()

    assert config.weights.proportions["neuron_utilisation"] == 0.4
    assert config.executor.workers == 3
    assert Parameters(mode="simple").config().scoring.health == 0


def test_the_notebook_lists_exactly_these_parameters_with_their_defaults():
    told = {}
    for line in ast.parse(parameters_cell()).body:
        assert isinstance(line, ast.AnnAssign)
        told[line.target.id] = ast.literal_eval(line.value)

    assert list(told) == list(Parameters.model_fields)
    assert Parameters(**told) == Parameters()


def test_the_same_request_has_the_same_name_and_another_has_another():
    assert Parameters(trials=3).config().name == Parameters(trials=3).config().name
    assert Parameters(trials=3).config().name != Parameters(trials=4).config().name
    assert Parameters(name="mine").config().name == "mine"


def test_more_workers_are_the_same_request():
    assert Parameters(workers=1).config().name == Parameters(workers=2).config().name


def test_a_misspelt_parameter_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigError, match=r"trails: no such parameter; did you mean 'trials'"):
        Parameters.among({"trials": 3, "trails": 4})


def test_what_else_a_notebook_knows_is_no_parameter():
    known = {"In": [], "Out": {}, "_oh": {}, "Path": Path, "get_ipython": print, "trials": 3}

    assert Parameters.among(known) == Parameters(trials=3)


def test_a_value_that_breaks_its_rule_is_named_as_the_config_names_it():
    with pytest.raises(ConfigError, match=r"budget\.trials"):
        Parameters(trials=0).config()
    with pytest.raises(ConfigError, match="epochs"):
        Parameters(epochs="many")


@pytest.mark.parametrize("name", [None, *CHANGES])
def test_a_config_becomes_the_parameters_that_ask_for_it(name):
    asked = Parameters(name="mine", **({name: CHANGES[name]} if name else {})).config()

    assert Parameters.of(asked).config() == asked


def test_all_of_a_config_arrives_even_what_is_seldom_set():
    asked = SweepConfig(
        name="all",
        mode="simple",
        limits="none",
        budget={"trials": None, "seconds": 5, "epochs": 7},
        executor={"name": "process", "workers": 3, "memory_limit_mb": 900},
        sampler={"name": "grid", "points": 3},
    )

    assert Parameters.of(asked).config() == asked


def test_an_error_on_purpose_is_shown_in_a_line():
    with pytest.raises(ConfigError) as refused:
        Parameters.among({"trails": 4})

    (line,) = refused.value._render_traceback_()
    assert line.startswith("ConfigError: trails: no such parameter")
