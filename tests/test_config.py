from __future__ import annotations

import contextlib
import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hpolab.budget import Budget
from hpolab.commands import Command
from hpolab.config import SweepConfig, without_place
from hpolab.errors import ConfigError, HpolabError, SpaceError
from hpolab.events import Entry
from hpolab.scoring import ScoringWeights
from hpolab.space import Float, SearchSpace
from hpolab.storage.folder import SweepFolder
from hpolab.trial import DatasetSpec

WORDS = st.text(string.ascii_letters + string.digits + " é-+.e", max_size=12)
PLAIN = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
ODD = st.recursive(
    st.none() | PLAIN | st.floats() | st.text() | st.binary(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)

CONFIGS = st.builds(
    SweepConfig,
    name=st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_ .+-]{0,20}", fullmatch=True),
    dataset=st.builds(
        DatasetSpec,
        name=st.sampled_from(["digits", "mnist", "images"]),
        path=st.none() | st.just(Path("/data/a b")),
        max_samples=st.none() | st.integers(10, 10**6),
        validation=st.floats(1e-6, 0.5),
    ),
    model=st.sampled_from(["", "cnn", "my.module:build"]),
    space=st.dictionaries(
        WORDS,
        PLAIN
        | st.lists(PLAIN, max_size=3)
        | st.fixed_dictionaries({"low": st.floats(0, 1), "high": st.floats(1, 2)}),
        max_size=4,
    ),
    weights=st.builds(
        ScoringWeights.with_proportion,
        st.builds(ScoringWeights, accuracy=st.floats(0, 1)),
        st.sampled_from(["neuron_utilisation", "gradient_health"]),
        st.floats(0, 1),
    ),
    epochs=st.integers(1, 10_000),
    budget=st.builds(
        Budget,
        trials=st.integers(1, 10**6),
        seconds=st.none() | st.floats(1e-9, 1e12),
        epochs=st.none() | st.integers(1, 10**9),
    ),
    sampler=st.sampled_from(["tpe", "random", "cma-es"])
    | st.just({"name": "tpe", "n_startup_trials": 3, "multivariate": False}),
    pruner=st.sampled_from(["none", "median", {"name": "hyperband", "min_epochs": 2}]),
    executor=st.sampled_from(["inline", "process", {"name": "process", "workers": 3}]),
    seed=st.integers(0, 2**31 - 1),
    record=st.sampled_from(["all", "best", "none"]),
    max_failures=st.integers(1, 1000),
)


@given(config=CONFIGS)
def test_a_config_survives_yaml_json_and_the_sweep_folder_exactly(
    tmp_path_factory: pytest.TempPathFactory, config: SweepConfig
) -> None:
    path = tmp_path_factory.mktemp("config") / "sweep"
    folder = SweepFolder.create(path, config.to_dict())

    assert SweepConfig.load(folder.config) == config
    assert SweepConfig.parse(folder.read_config()) == config
    assert SweepConfig.parse(config.to_json()) == config
    assert repr(SweepConfig.load(folder.config).space) == repr(config.space)


def test_plain_yaml_readers_read_the_same(tmp_path: Path) -> None:
    config = SweepConfig(space={"learning_rate": {"low": 1e-5, "high": 1e-2}, "name": "1e-3"})
    folder = SweepFolder.create(tmp_path / "s", config.to_dict())

    assert yaml.safe_load(folder.config.read_text()) == folder.read_config() == config.to_dict()


def test_names_alone_are_enough() -> None:
    short = SweepConfig.parse(
        {"dataset": "mnist", "budget": 12, "sampler": "random", "pruner": "none",
         "executor": "inline"}
    )  # fmt: skip
    long = SweepConfig.parse(
        {
            "dataset": {"name": "mnist"},
            "budget": {"trials": 12},
            "sampler": {"name": "random"},
            "pruner": {"name": "none"},
            "executor": {"name": "inline"},
        }
    )

    assert short == long
    assert SweepConfig(dataset="mnist", budget=12).budget == Budget(trials=12)


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"budgt": 3}, "budgt", "did you mean 'budget'"),
        ({"budget": {"trails": 3}}, "budget.trails", "did you mean 'trials'"),
        ({"budget": 0}, "budget.trials", "greater than or equal to 1"),
        ({"budget": True}, "budget", "got True"),
        ({"budget": {"trials": None}}, "budget", "a sweep must end"),
        ({"dataset": {"max_sample": 3}}, "dataset.max_sample", "did you mean 'max_samples'"),
        ({"dataset": {"validation": 0.9}}, "dataset.validation", "less than or equal to 0.5"),
        ({"sampler": "tpee"}, "sampler.name", "did you mean 'tpe'"),
        ({"sampler": ["tpe"]}, "sampler", "got \\['tpe'\\]"),
        ({"sampler": {"name": ["tpe"]}}, "sampler.name", "no such sampler"),
        ({"sampler": {"name": "tpe", "startup": 3}}, "sampler.startup", "n_startup_trials"),
        ({"pruner": "hyperbnd"}, "pruner.name", "did you mean 'hyperband'"),
        ({"executor": "proces"}, "executor.name", "did you mean 'process'"),
        ({"executor": {"name": "inline", "workers": 2}}, "executor.workers", "one trial at"),
        ({"weights": {"accuracy": 2}}, "weights.accuracy", "less than or equal to 1"),
        ({"weights": {"proportions": {"stability": 1}}}, "weights.proportions.stability",
         "did you mean 'training_stability'"),
        ({"mode": "simple", "weights": {"accuracy": 0.5}}, "weights", "do not count in simple"),
        ({"mode": "easy"}, "mode", "'simple' or 'health-aware'"),
        ({"name": "../up"}, "name", "pattern"),
        ({"name": "a\n"}, "name", "pattern"),
        ({"epochs": 0}, "epochs", "greater than or equal to 1"),
        ({"seed": -1}, "seed", "greater than or equal to 0"),
        ({"record": "some"}, "record", "'all', 'best' or 'none'"),
        ({"space": [1]}, "space", "dictionary"),
        ({"space": {"lr": {"low": float("inf")}}}, "space.lr.low", "finite numbers"),
        ({"space": {"lr": [{"a": object}]}}, "space.lr.a", "finite numbers"),
        ({1: 2}, "1", "strings"),
    ],
)  # fmt: skip
def test_a_setting_that_breaks_a_rule_is_named_by_its_path(
    data: Any, field: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        SweepConfig.parse(data)

    assert caught.value.field == field


FIELDS = dict.fromkeys(SweepConfig.model_fields, ODD)
NESTED = {
    "dataset": DatasetSpec, "budget": Budget, "weights": ScoringWeights,
}  # fmt: skip
SECTIONS = {
    name: st.fixed_dictionaries({}, optional=dict.fromkeys(kind.model_fields, ODD))
    for name, kind in NESTED.items()
} | {
    name: st.fixed_dictionaries(
        {"name": ODD | st.sampled_from(["tpe", "median", "inline", "cma-es"])},
        optional={"options": ODD, "workers": ODD, "n_startup_trials": ODD},
    )
    for name in ("sampler", "pruner", "executor")
}


@given(
    data=ODD
    | st.fixed_dictionaries({}, optional=FIELDS)
    | st.fixed_dictionaries({}, optional=SECTIONS)
)
def test_whatever_is_asked_gives_a_config_or_our_own_error(data: Any) -> None:
    with contextlib.suppress(ConfigError):
        config = SweepConfig.parse(data)
        assert SweepConfig.parse(config.to_dict()) == config
        with contextlib.suppress(HpolabError):
            config.search_space()


@given(
    data=ODD
    | st.fixed_dictionaries(
        {"verb": st.sampled_from(["pause", "cancel", "extend"]) | ODD},
        optional=dict.fromkeys(["trial", "trials", "seconds", "epochs"], ODD),
    )
)
def test_whatever_is_wished_gives_a_command_or_our_own_error(data: Any) -> None:
    with contextlib.suppress(ConfigError):
        command = Command.parse(data)
        assert Command.parse(command.to_json()) == command


@given(line=st.binary(max_size=40) | st.text(max_size=40))
def test_whatever_bytes_are_read_give_a_record_or_our_own_error(line: bytes | str) -> None:
    for record in (Command, Entry, SweepConfig):
        with contextlib.suppress(ConfigError):
            record.parse(line)


def test_a_space_that_contains_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["low"] = loop

    with pytest.raises(SpaceError, match="write a value"):
        SweepConfig(space={"lr": loop})


def test_a_space_may_be_given_as_objects_and_is_kept_as_plain_data() -> None:
    given_objects = SweepConfig(space={"learning_rate": Float(low=1e-3, high=1e-1, log=True)})
    given_space = SweepConfig(model="m:f", space=SearchSpace.parse({"act": ("relu", "tanh")}))

    rate = given_objects.search_space()["learning_rate"]
    assert rate == Float(low=1e-3, high=1e-1, log=True, start=3e-3)  # the family's
    assert given_space.space == {"act": ["relu", "tanh"]}


def test_errors_of_the_space_are_named_from_the_top() -> None:
    with pytest.raises(SpaceError, match="did you mean 'learning_rate'") as caught:
        SweepConfig(space={"learning_rat": 1}).search_space()
    assert caught.value.field == "space.learning_rat"

    with pytest.raises(SpaceError, match="needs a space") as caught:
        SweepConfig(model="m:f").search_space()
    assert caught.value.field == "space"


def test_relative_places_start_from_the_config_files_folder(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    path = tmp_path / "configs" / "a.yaml"
    path.write_text("dataset: {name: images, path: ../photos, directory: data}")

    dataset = SweepConfig.load(path).dataset

    assert dataset.path == tmp_path / "photos"
    assert dataset.directory == tmp_path / "configs" / "data"


def test_absolute_places_stay(tmp_path: Path) -> None:
    config = SweepConfig(dataset=DatasetSpec(name="images", path=tmp_path / "x"))

    assert config.located(Path("/elsewhere")) == config


def test_simple_mode_scores_accuracy_alone() -> None:
    assert SweepConfig(mode="simple").scoring == ScoringWeights.simple()
    weights = ScoringWeights(accuracy=0.4)
    assert SweepConfig(weights=weights).scoring == weights


def test_place_is_not_part_of_what_a_sweep_computes() -> None:
    one = SweepConfig(name="a", executor="inline")

    assert without_place(one) == without_place(SweepConfig(name="b"))
    assert without_place(one) != without_place(one.replace(seed=1))
