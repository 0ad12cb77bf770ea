"""The tables that ship with the package: whole, small, and what real training gave."""

from __future__ import annotations

import gzip
import math

import numpy as np
import pytest

from hpolab.data import load
from hpolab.errors import ConfigError, DataError
from hpolab.practice import SPACES, Table, practice_space, read_table, table
from hpolab.scoring import METRICS
from hpolab.trial import DatasetSpec, RunResult

MEGABYTE = 10**6


@pytest.fixture(params=list(SPACES))
def name(request):
    return request.param


def results(known: Table) -> list[tuple[dict, int, RunResult]]:
    """Every training of a table."""
    return [
        (params, seed, known.result(params, seed=seed))
        for params in known.space.configurations()
        for seed in range(known.header.seeds)
    ]


def test_all_tables_together_are_small():
    files = [path for path in table._FOLDER.iterdir() if path.is_file()]
    assert {path.name for path in files} == {f"{name}.jsonl.gz" for name in SPACES}
    assert sum(path.stat().st_size for path in files) < 5 * MEGABYTE


def test_every_configuration_is_of_its_space_and_there_once(name):
    space = practice_space(name)
    configurations = list(space.configurations())
    for params in configurations:
        space.space.check(params)
    assert len({tuple(params.items()) for params in configurations}) == space.size >= 100


def test_a_table_has_every_configuration_with_every_seed_epoch_and_metric(name):
    known = read_table(name)
    assert known.header.seeds == known.space.seeds == 3
    metrics: set[str] = set()
    for params, seed, result in results(known):
        if result.state == "completed":
            epochs = [record.epoch for record in result.history]
            assert epochs == list(range(1, known.space.epochs + 1)), (params, seed)
            assert result.accuracy == result.history[-1].val_accuracy
            assert result.test_accuracy is not None
            assert result.health.metrics
        else:
            assert result.state == "failed"
            assert result.reason
        metrics |= set(result.health.metrics)
    assert metrics == set(METRICS)


def test_seeds_differ_but_not_as_much_as_configurations(name):
    known = read_table(name)
    accuracy = np.array(
        [
            [known.result(params, seed=seed).accuracy or 0.0 for seed in range(3)]
            for params in known.space.configurations()
        ]
    )
    between, within = accuracy.mean(axis=1).std(), accuracy.std(axis=1).mean()
    assert 0 < within < between
    assert accuracy.max() > 0.85


def test_a_table_was_trained_on_the_data_that_the_package_has(name):
    known = read_table(name)
    assert known.header.fingerprint == load(DatasetSpec(name=known.space.dataset)).fingerprint


def test_a_value_between_two_tabulated_ones_is_the_nearer_one_on_its_scale():
    space = practice_space("cnn")
    params = next(iter(space.configurations()))
    low, high = space.values["learning_rate"][:2]
    middle = math.sqrt(low * high)  # of the logarithms; half-way between the numbers is above it
    assert space.nearest({**params, "learning_rate": middle * 0.99})["learning_rate"] == low
    assert space.nearest({**params, "learning_rate": middle * 1.01})["learning_rate"] == high
    assert space.nearest({**params, "dropout": 0.11})["dropout"] == 0.2
    assert space.nearest({**params, "filters": 11})["filters"] == 8
    assert space.nearest({**params, "filters": 12})["filters"] == 16


def test_an_unknown_space_is_refused_with_the_nearest_known():
    with pytest.raises(ConfigError, match="did you mean 'lstm'"):
        practice_space("lstn")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no gzip", "cannot be read"),
        (gzip.compress(b""), "cannot be read"),
        (gzip.compress(b"{}"), "cannot be read"),
        (gzip.compress(b'{"space": "cnn"'), "cannot be read"),
    ],
    ids=["no gzip", "empty", "no space", "half a line"],  # packed bytes hold the time of day
)
def test_a_damaged_table_says_so(tmp_path, monkeypatch, content, words):
    monkeypatch.setattr(table, "_FOLDER", tmp_path)
    (tmp_path / "cnn.jsonl.gz").write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_table.__wrapped__("cnn")


def test_a_table_of_another_version_of_the_space_is_refused(tmp_path, monkeypatch):
    whole = (table._FOLDER / "cnn.jsonl.gz").read_bytes()
    lines = gzip.decompress(whole).decode().splitlines()
    monkeypatch.setattr(table, "_FOLDER", tmp_path)
    (tmp_path / "cnn.jsonl.gz").write_bytes(gzip.compress("\n".join(lines[:-1]).encode()))
    with pytest.raises(DataError, match="make practice"):
        read_table.__wrapped__("cnn")


def test_what_is_packed_is_read_back_to_six_digits(tmp_path, monkeypatch):
    known = read_table("lstm")
    packed = [
        table.Line(seed=0, place=place, result=known.result(params, seed=0))
        for place, params in enumerate(known.space.configurations())
    ]
    monkeypatch.setattr(table, "_FOLDER", tmp_path)
    table.write_table(known.space, packed, fingerprint="f")
    again = read_table.__wrapped__("lstm")
    assert (again.header.seeds, again.header.fingerprint) == (1, "f")
    params = packed[7].result
    assert again.result(list(known.space.configurations())[7], seed=0) == params
