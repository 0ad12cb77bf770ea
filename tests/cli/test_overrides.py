from __future__ import annotations

from pathlib import Path

import pytest

from hpolab import SweepConfig
from hpolab.cli.overrides import Overrides
from hpolab.cli.sweeping import _SAMPLERS
from hpolab.errors import ConfigError
from hpolab.scoring import ScoringWeights
from hpolab.search.options import SAMPLERS


def test_nothing_given_changes_nothing() -> None:
    config = SweepConfig.parse(
        {"dataset": "digits", "sampler": {"name": "tpe", "n_candidates": 8}}
    )
    assert Overrides().applied(config) == config


def test_every_option_reaches_its_setting(tmp_path: Path) -> None:
    given = Overrides(
        name="mine", dataset="mnist", data_dir=tmp_path, trials=3, seconds=60, epochs=4, workers=1,
        seed=9, mode="simple", sampler="random", pruner="none", max_samples=50,
    )  # fmt: skip
    config = given.applied(SweepConfig())
    assert (config.name, config.epochs, config.seed, config.mode) == ("mine", 4, 9, "simple")
    assert (config.dataset.name, config.dataset.directory) == ("mnist", tmp_path)
    assert config.dataset.max_samples == 50
    assert (config.budget.trials, config.budget.seconds) == (3, 60)
    assert (config.executor.workers, config.sampler.name) == (1, "random")
    assert config.pruner.name == "none"


def test_options_of_a_sampler_survive_when_its_name_is_repeated() -> None:
    config = SweepConfig.parse({"sampler": {"name": "tpe", "n_candidates": 8}})
    assert Overrides(sampler="tpe").applied(config).sampler == config.sampler


def test_another_data_set_drops_the_path_of_the_first(tmp_path: Path) -> None:
    config = SweepConfig.parse({"dataset": {"name": "images", "path": str(tmp_path)}})
    assert Overrides(dataset="digits").applied(config).dataset.path is None


def test_changing_the_mode_restores_the_default_weights() -> None:
    config = SweepConfig.parse({"weights": {"accuracy": 0.5}})
    simple = Overrides(mode="simple").applied(config)
    assert (simple.mode, simple.weights) == ("simple", ScoringWeights())


@pytest.mark.parametrize("option", ["sampler", "pruner"])
def test_an_unknown_name_is_refused_with_the_nearest_one(option: str) -> None:
    given = Overrides(**{option: {"sampler": "tpee", "pruner": "medien"}[option]})
    with pytest.raises(ConfigError, match=f"{option}.name: no such {option}.*did you mean"):
        given.applied(SweepConfig())


def test_options_that_would_change_a_begun_sweep_are_refused_by_their_flag() -> None:
    with pytest.raises(ConfigError, match="--max-samples cannot"):
        Overrides(trials=1, max_samples=20).only("trials", why="cannot change it.")


def test_the_help_names_every_sampler() -> None:
    assert f"{', '.join(SAMPLERS)}." == _SAMPLERS
