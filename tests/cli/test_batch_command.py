"""``hpolab batch`` as far as it goes without running anything; what it runs is in tests/batch."""

from __future__ import annotations

import pytest
import yaml

INLINE = {
    "dataset": {"name": "digits", "max_samples": 300},
    "epochs": 2,
    "budget": 3,
    "executor": "inline",
}


@pytest.fixture
def matrix(tmp_path):
    def made(**content):
        path = tmp_path / "night.yaml"
        path.write_text(yaml.safe_dump(content, sort_keys=False))
        return path

    return made


def test_a_dry_run_lists_what_would_run_and_makes_nothing(hpolab, sweeps, matrix, tmp_path):
    path = matrix(base=INLINE, matrix={"sampler": ["tpe", "random"], "seed": [0, 1]}, parallel=3)

    result = hpolab("batch", path, "--dry-run")

    assert result.exit_code == 0, result.stderr
    for cell in ("tpe-seed0", "tpe-seed1", "random-seed0", "random-seed1"):
        assert cell in result.stdout
    assert "4 sweeps, 3 at a time, into night-batch/" in result.stdout
    assert result.stdout.count("to be run") == 4
    assert not sweeps.exists()
    assert not (tmp_path / "night-batch").exists()


def test_a_matrix_that_cannot_work_ends_with_two_and_all_its_troubles(hpolab, sweeps, matrix):
    path = matrix(
        base=INLINE,
        matrix={"sampler": ["tpee", "random"], "space.filters": [[4], ["many"]]},
    )

    result = hpolab("batch", path)

    assert result.exit_code == 2
    assert "sampler.name: no such sampler: 'tpee'" in result.stderr
    assert not sweeps.exists()


def test_what_only_the_data_show_is_refused_before_anything_starts(hpolab, sweeps, matrix):
    path = matrix(base=INLINE, matrix={"space.batch_size": [64, 100_000]})

    result = hpolab("batch", path)

    assert result.exit_code == 2
    assert "space.batch_size" in result.stderr
    assert "[batch_size100000]" in result.stderr
    assert not sweeps.exists()


def test_a_file_that_is_not_there_is_named(hpolab, sweeps):
    result = hpolab("batch", "nowhere.yaml")

    assert result.exit_code == 2
    assert "cannot read nowhere.yaml" in result.stderr
