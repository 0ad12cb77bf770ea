"""Configs that read well and ask for nonsense: whatever they ask, they get an answer in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from hpolab.config import SweepConfig
from hpolab.errors import ConfigError, HpolabError
from hpolab.models.spaces import CNN, LSTM
from hpolab.preflight import check_config
from hpolab.settings import settings

NUMBERS = (
    st.integers(-3, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, 1, 3, 1e308, 5e-324, 2**63, 10**30])
)
VALUES = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.sampled_from(["relu", "adam", "", "x" * 50, "\ud800"])
    | st.text(max_size=4)
)
RANGES = st.fixed_dictionaries(
    {"low": NUMBERS, "high": NUMBERS},
    optional={
        "log": st.booleans(),
        "step": NUMBERS,
        "only_if": st.dictionaries(
            st.sampled_from(["optimizer", "head", "a"]), VALUES, max_size=2
        ),
    },
)
NAMES = st.sampled_from(sorted({*CNN.parameters, *LSTM.parameters, "a", ""}))
PATHS = st.sampled_from(
    ["/nowhere", "/dev/null", "", ".", "\0", "~nosuchuser/x", "x" * 5000, str(Path(__file__))]
)
FUNCTIONS = [
    "json:dumps",
    "os:environ",
    "nope",
    "a:b:c",
    ":",
    "json:",
    ":x",
    "json:dumps.x",
    "..:x",
]
OPTIONS = ["n_startup_trials", "multivariate", "points", "population_size", "min_epochs", "sigma0"]


def named(names: list[str], options: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"name": st.sampled_from(names)}, optional=options)


# nothing here may be downloaded, so the only known data set is the one that comes along
DATASETS = named(
    ["digits", "digits", "images", "texts", "arrays", "digits:x", ""],
    {
        "path": PATHS,
        "directory": PATHS,
        "max_samples": st.integers(9, 3000),
        "validation": st.floats(0, 0.6),
        "test": st.floats(0, 0.6),
        "seed": st.sampled_from([0, 1, 2**31, 2**33, 10**30, -1]),
    },
)
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "dataset": st.just("digits") | DATASETS,
        "model": st.sampled_from(["", "cnn", "lstm", *FUNCTIONS]),
        "space": st.dictionaries(
            NAMES, VALUES | st.lists(VALUES, max_size=4) | RANGES, max_size=3
        ),
        "epochs": st.integers(0, 20),
        "sampler": named(["tpe", "random", "grid", "qmc", "cma-es", "nsga2", "gp", "sa"], {})
        | named(["tpe", "random", "grid", "qmc", "cma-es"], dict.fromkeys(OPTIONS, VALUES)),
        "pruner": named(["none", "median", "hyperband"], dict.fromkeys(OPTIONS, VALUES)),
        "executor": named(
            ["inline", "process", "practice", *FUNCTIONS], {"workers": st.integers(0, 3)}
        ),
    },
)


@pytest.fixture(scope="module", autouse=True)
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A machine of our own, whose data are decoded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HPOLAB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield
    settings.cache_clear()


def refusal(data: dict[str, Any]) -> HpolabError | None:
    try:
        check_config(SweepConfig.parse(data))
    except HpolabError as error:
        return error
    return None


@given(data=CONFIGS)
@fuzzing(max_examples=250)
@example(data={"space": {"kernel_size": "relu"}})
@example(data={"space": {"dropout": "\ud800"}})
@example(data={"dataset": {"name": "images", "path": "~nosuchuser/x"}})
@example(data={"dataset": {"name": "arrays", "path": "\0"}})
def test_whatever_is_asked_is_allowed_or_refused_with_the_settings_name(
    data: dict[str, Any],
) -> None:
    error = refusal(data)

    if error is None:
        config = SweepConfig.parse(data)
        assert SweepConfig.parse(config.to_json()) == config  # so that a sweep can begin with it
    elif isinstance(error, ConfigError):
        assert error.field.partition(".")[0] in SweepConfig.model_fields
        assert str(error).startswith(f"{error.field}: ")
        assert len(str(error)) > len(error.field) + 10


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"model": "a:b:c"}, "model", "cannot import 'a'"),
        ({"model": "os:environ"}, "model", "not a function"),
        ({"executor": ":"}, "executor.name", "not of the form"),
        ({"dataset": {"name": "digits", "path": "/x"}}, "dataset.path", "needs no path"),
        ({"dataset": "texts"}, "dataset.path", "needs the path"),
        ({"dataset": {"name": "images", "path": "a\0"}}, "dataset.path", "null character"),
        ({"dataset": {"name": "images", "path": "~nobody0/x"}}, "dataset.path", "home folder"),
        ({"space": {"kernel_size": 9}}, "space.kernel_size", "kernel of 9 is larger"),
        ({"space": {"kernel_size": [3, "five"]}}, "space.kernel_size", "got 'five'"),
        ({"space": {"dropout": "\ud800"}}, "space.dropout", "write a value"),
    ],
)
def test_the_field_is_named_from_the_top(data: dict[str, Any], field: str, said: str) -> None:
    error = refusal(data)

    assert isinstance(error, ConfigError)
    assert error.field == field
    assert said in str(error)


def test_a_module_that_ends_the_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ends_it_all.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    error = refusal({"model": "ends_it_all:build", "space": {"a": [1, 2]}})

    assert isinstance(error, ConfigError)
    assert error.field == "model"
