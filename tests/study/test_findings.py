"""The study that ships with the package, and what is said of studies that came out otherwise."""

import numpy as np
import pytest

from hpolab.errors import ConfigError, DataError
from hpolab.scoring import METRICS
from hpolab.study import Study, finding, findings, read_study
from hpolab.study.columns import GOOD, columns_of
from hpolab.study.table import SHIFTS, Look, Network, write_study

KNOWS = ["health", "accuracy", "nothing"]


def look(accuracy, health, loss=1.0):
    return Look(accuracy=accuracy, loss=loss, metrics=dict.fromkeys(METRICS, health))


def network(random, *, knows):
    """A made network, of whose end and accuracy under shift one of KNOWS knows everything."""
    end, truth = random.uniform(0, 1), random.uniform(0, 1)
    seen = {name: random.uniform(0, 1) for name in KNOWS} | {knows: truth}
    is_sick = end < 0.5
    early = {name: random.uniform(0, 1) for name in KNOWS} | {knows: end}
    return Network(
        params={"activation": "relu"},
        n_parameters=int(random.integers(100, 10_000)),
        diverged=False,
        early=look(early["accuracy"], early["health"]),
        end=look(end if is_sick else 0.9 + seen["accuracy"] / 10, seen["health"], 1 - end),
        test_accuracy=end,
        shifted=dict.fromkeys(SHIFTS, truth),
        again=(0.5, 0.5 + random.uniform(0, 0.1)),
        slower=(1.0 if seen["health"] < 0.5 else 0.0) if is_sick else None,
        faster=0.9 if is_sick else None,
    )


def made(*, knows, n=150):
    random = np.random.default_rng(3)
    networks = tuple(network(random, knows=knows) for _ in range(n))
    return Study(epochs=10, early=2, versions={}, networks=networks)


def value(found, name):
    [told] = [measure for measure in found.measures if measure.name == name]
    return told


def test_the_shipped_study_is_as_large_as_it_says():
    study = read_study()
    columns = columns_of(study)

    assert len(study.networks) == 200
    assert sum(len(each.again) >= 5 for each in study.networks) >= 30
    assert 50 <= columns.is_sick.sum() <= 150
    assert (columns.end.accuracy >= GOOD).sum() >= 30
    cured = [each.slower is not None and each.faster is not None for each in study.networks]
    assert cured == columns.is_sick.tolist()


def test_every_answer_of_the_shipped_study_has_numbers_with_intervals():
    for found in findings():
        assert found.answer.endswith(".")
        for told in found.measures:
            assert told.low <= told.value <= told.high
            assert told.n >= 10


def test_no_robustness_is_claimed():
    found = finding("shift")

    assert found.tone == "bad"
    assert found.answer.startswith("No promise can be made.")


def test_health_that_foretells_the_end_is_said_to():
    found = finding("early", made(knows="health"))

    assert value(found, "health").value == 1
    assert found.tone == "good"
    assert "better than accuracy" in found.answer


def test_accuracy_that_foretells_the_end_is_said_to():
    found = finding("early", made(knows="accuracy"))

    assert value(found, "accuracy").value == 1
    assert found.tone == "bad"
    assert "worse than accuracy" in found.answer


def test_nobody_is_said_to_foretell_what_nobody_knows():
    study = made(knows="nothing")

    assert finding("early", study).tone == "warn"
    assert "no better than accuracy" in finding("early", study).answer
    assert "does not, as far as one can tell" in finding("seeds", study).answer


def test_health_that_tells_the_ailment_is_said_to():
    found = finding("ailment", made(knows="nothing"))

    assert found.tone == "good"
    assert value(found, "neuron utilisation").value == 1
    assert value(found, "validation accuracy").side == 0


def test_a_learning_rate_that_helps_less_than_it_should_is_no_cure():
    whole = made(knows="nothing", n=40)
    sick = next(each for each in whole.networks if each.slower is not None)
    end = sick.end.accuracy

    def gain(slower, faster):
        changed = sick.replace(slower=slower, faster=faster)
        return columns_of(whole.replace(networks=(changed,))).gain[0]

    assert gain(end + 0.3, end) == pytest.approx(0.3)
    assert gain(0.0, end + 0.2) == pytest.approx(-0.2)
    assert gain(0.0, end / 2) == 0


def test_health_that_knows_changed_pictures_best_is_said_to():
    assert finding("shift", made(knows="health")).tone == "good"
    assert finding("shift", made(knows="accuracy")).tone == "bad"


def test_a_run_that_broke_off_is_sick_and_has_no_accuracy_under_shift():
    whole = made(knows="nothing", n=3)
    lost = whole.networks[0].replace(diverged=True, shifted=None, end=look(0.9, 0.5, None))
    columns = columns_of(whole.replace(networks=(lost, *whole.networks[1:])))

    assert columns.is_sick[0]
    assert np.isnan(columns.shifted["mean"][0])
    assert columns.end.calm[0] == columns.end.calm.min()


def test_a_question_that_was_not_asked_is_named_with_the_nearest_one():
    with pytest.raises(ConfigError, match="shift"):
        finding("shifts")


def test_a_study_is_read_as_it_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr("hpolab.study.table._PATH", tmp_path / "networks.jsonl")
    study = made(knows="health", n=4)
    path = write_study(study.networks, epochs=10, early=2)
    again = read_study()
    read_study.cache_clear()

    assert path.read_text().count("\n") == 5
    assert [each.params for each in again.networks] == [each.params for each in study.networks]
    assert again.networks[2].end.accuracy == pytest.approx(study.networks[2].end.accuracy, 1e-3)


@pytest.mark.parametrize("text", ["", "{", '{"format": 2, "epochs": 1, "early": 1}\n'])
def test_a_damaged_study_says_what_to_do(text, tmp_path, monkeypatch):
    (tmp_path / "networks.jsonl").write_text(text)
    monkeypatch.setattr("hpolab.study.table._PATH", tmp_path / "networks.jsonl")
    read_study.cache_clear()
    with pytest.raises(DataError, match=r"install again|make study"):
        read_study()
    read_study.cache_clear()
