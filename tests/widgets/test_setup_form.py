"""Forms, the texts that ask for the same, samples as pictures, and the time needed."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hpolab import Sweep, SweepConfig
from hpolab.data import load
from hpolab.health.limits import Limits
from hpolab.practice import practice_config
from hpolab.record import SweepRecord, TrialRecord
from hpolab.scoring import ScoringWeights
from hpolab.storage.plain_yaml import parse_yaml
from hpolab.trial import DatasetSpec, EpochRecord
from hpolab_widgets.setup.form import form_of, put, without, without_deepest, written_out
from hpolab_widgets.setup.parts import Size, parts_of
from hpolab_widgets.setup.samples import png
from hpolab_widgets.setup.speed import Speed, estimate, measured, speeds_of
from hpolab_widgets.setup.written import as_python, as_yaml

SECTIONS = {
    "name": st.sampled_from(["", "my search"]),
    "dataset": st.sampled_from(
        ["digits", "mnist", {"name": "texts", "path": "a \"b' c.csv"}, {"max_samples": 50}]
    ),
    "model": st.sampled_from(["", "cnn", "mine:build"]),
    "space": st.sampled_from(
        [
            {},
            {"optimizer": ["sgd"], "batch_norm": True, "momentum": {"low": 0.5}},
            {"learning_rate": {"low": 1e-5, "high": 1.0, "log": True}, "kernel_size": [3, 5]},
        ]
    ),
    "mode": st.just("health-aware"),
    "weights": st.floats(0, 1).map(ScoringWeights().with_accuracy)
    | st.floats(0, 1).map(lambda x: ScoringWeights().with_proportion("gradient_health", x)),
    "epochs": st.integers(1, 10_000),
    "budget": st.sampled_from(
        [5, 20, {"trials": None, "seconds": 60}, {"trials": 4, "epochs": 9}, {"seconds": 1.5}]
    ),
    "limits": st.sampled_from([None, "none", {}, {"patience": 3}, {"dead_units": None}]),
    "sampler": st.sampled_from(
        ["tpe", "grid", {"n_startup_trials": 3}, {"name": "gp", "n_startup_trials": 10}]
    ),
    "pruner": st.sampled_from(["none", "median", {"name": "hyperband", "max_epochs": 9}]),
    "executor": st.sampled_from(["inline", {"workers": 3}, {"silence_limit_seconds": None}]),
    "record": st.sampled_from(["all", "best"]),
}  # fmt: skip
CONFIGS = st.fixed_dictionaries({}, optional=SECTIONS).map(SweepConfig.parse)


@given(CONFIGS)
def test_the_yaml_text_asks_for_the_same(config):
    assert SweepConfig.parse(parse_yaml(as_yaml(config), named="it")) == config


@given(CONFIGS)
def test_the_python_text_asks_for_the_same(config):
    code, _, start = as_python(config).rpartition("sweep = ")
    names = {}
    exec(code, names)

    assert names["config"] == config
    assert start == "Sweep(config).start()\n"
    assert max(map(len, code.splitlines())) <= 99


@given(CONFIGS)
def test_the_form_asks_for_the_same_and_is_found_again_in_the_yaml(config):
    form = form_of(config)

    assert SweepConfig.parse(form) == config
    assert SweepConfig.parse(written_out(parse_yaml(as_yaml(config), named="it"))) == config


def test_only_what_differs_is_written():
    assert as_yaml(SweepConfig(dataset="mnist", budget=5)) == "dataset: mnist\nbudget: 5\n"
    assert as_python(SweepConfig(epochs=3)) == (
        "from hpolab import Sweep, SweepConfig\n\n"
        "config = SweepConfig(\n    epochs=3,\n)\n"
        "sweep = Sweep(config).start()\n"
    )
    assert as_yaml(SweepConfig(limits=Limits.none())) == "limits: none\n"


def test_the_python_text_starts_a_search(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(Sweep, "start", lambda sweep: started.append(sweep.config) or sweep)

    exec(as_python(SweepConfig(name="it", budget=5)), {})

    assert started == [SweepConfig(name="it", budget=5)]


def test_putting_the_default_into_a_form_takes_the_field_away():
    form = put({"budget": {"trials": 5}}, "budget.trials", 20)

    assert form == {}
    assert put({}, "dataset.name", "mnist") == {"dataset": {"name": "mnist"}}
    assert without({"a": {"b": 1}, "c": 2}, "a.b") == {"c": 2}
    assert without({"a": {"b": 1}}, "a.c") == {"a": {"b": 1}}
    assert without_deepest({"a": {"b": {"c": 1}, "d": 2}}, "a.b.c.e") == {"a": {"d": 2}}


@settings(max_examples=12)  # the first one decodes
@given(st.sampled_from([0.1, 0.15, 0.3]), st.sampled_from([None, 100, 1000, 5000]))
def test_the_parts_are_known_without_reading(share, limit):
    spec = DatasetSpec(max_samples=limit, validation=share)
    data = load(spec)

    expected = (len(data.train), len(data.validation), len(data.test))
    assert parts_of(spec, Size(1797, 0)) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_keeps_its_pixels(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels), np.uint8)

    with Image.open(io.BytesIO(png(pixels))) as image:
        assert np.array_equal(np.asarray(image).reshape(5, 7, channels), pixels)


def speed(**changes):
    usual = {"epoch": 2.0, "beside": 4.0, "examples": 1000, "slots": 1, "lead": 10.0}
    return Speed(**{**usual, **changes})


def asked(**changes):
    return SweepConfig(**{"pruner": "none", "executor": "inline", "budget": 10, **changes})


def test_nothing_is_estimated_without_a_measurement():
    assert estimate(asked(), examples=1000, speeds=[]) is None
    assert estimate(asked(), examples=None, speeds=[speed()]) is None


def test_the_time_is_what_starts_epochs_and_examples_cost():
    guess = estimate(asked(epochs=5), examples=1000, speeds=[speed()] * 20)

    assert guess.seconds == pytest.approx(10 + 10 * (4 + 5 * 2))
    assert guess.low < guess.seconds < guess.high
    twice = estimate(asked(epochs=5), examples=2000, speeds=[speed()] * 20)
    assert twice.seconds == pytest.approx(10 + 10 * (4 + 5 * 4))


def test_a_pruner_and_a_limit_of_time_shorten_the_estimate():
    speeds = [speed()] * 20

    full = estimate(asked(epochs=20), examples=1000, speeds=speeds)
    pruned = estimate(asked(epochs=20, pruner="median"), examples=1000, speeds=speeds)
    limited = estimate(asked(budget={"trials": 10, "seconds": 30}), examples=1000, speeds=speeds)

    assert pruned.seconds < full.seconds
    assert (limited.seconds, limited.high) == (30, 30)


def test_trials_that_differ_or_were_scaled_make_the_estimate_less_sure():
    def width(speeds):
        guess = estimate(asked(), examples=1000, speeds=speeds)
        return guess.high / guess.low

    alike = [speed()] * 10
    unlike = [speed(epoch=0.5), speed(epoch=4.0)] * 5
    scaled = [speed(examples=100)] * 10
    assert width(alike) < width(unlike)
    assert width(alike) < width(scaled)


def test_the_first_epoch_which_compiles_is_counted_beside_the_others():
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    epochs = tuple(
        EpochRecord(
            epoch=i, train_loss=1, train_accuracy=0.5, val_loss=1, val_accuracy=0.5,
            learning_rate=0.1, seconds=seconds,
        )
        for i, seconds in enumerate((5.0, 1.0, 1.0), start=1)
    )  # fmt: skip
    trial = TrialRecord(
        number=0, params={}, seed=0, state="completed", epochs=epochs,
        started_utc=noon, ended_utc=noon + timedelta(seconds=9),
    )  # fmt: skip
    record = SweepRecord(config=asked(), trials={0: trial}, seconds_before_training=3.0)

    assert speeds_of(record, 500) == [Speed(1.0, 6.0, 500, 1, 3.0)]


def test_only_sweeps_on_the_same_data_with_the_same_network_are_measured(tmp_path, make_config):
    Sweep(make_config(), path=tmp_path / "other").run()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.yaml").write_text("epochs: [")

    assert measured(tmp_path, DatasetSpec(), "cnn", size=Size(1797, 0)) == []


def test_sweeps_that_looked_results_up_tell_nothing_about_speed(tmp_path):
    Sweep(practice_config("cnn", budget=2), path=tmp_path / "practised").run()

    assert measured(tmp_path, DatasetSpec(), "cnn", size=Size(1797, 0)) == []
