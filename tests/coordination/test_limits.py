from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.config import SweepConfig
from hpolab.coordination.limits import reason_to_stop
from hpolab.errors import ConfigError
from hpolab.health.limits import Limits
from hpolab.health.report import VitalSigns
from hpolab.record import SweepRecord
from hpolab.trial import EpochRecord

MakeConfig = Callable[..., SweepConfig]
Coordinate = Callable[..., SweepRecord]

DEAD = VitalSigns(layer="conv2", silent=0.71, at_zero=True, matrix="conv1/kernel")
WELL = VitalSigns(layer="conv2", silent=0.1, at_zero=True, matrix="conv1/kernel")
STRICT = Limits(dead_units=0.4, patience=1)


def history(*signs: VitalSigns | None, seconds: float = 1.0) -> list[EpochRecord]:
    """Epochs that end with these signs; the first takes ten seconds more, to compile."""
    return [
        EpochRecord(
            epoch=epoch, train_loss=1.0, train_accuracy=0.5, val_loss=1.0, val_accuracy=0.5,
            learning_rate=0.1, seconds=seconds + (10 if epoch == 1 else 0), signs=found,
        )
        for epoch, found in enumerate(signs, start=1)
    ]  # fmt: skip


def test_the_reason_names_the_layer_the_share_the_limit_and_what_was_saved() -> None:
    looked = history(WELL, WELL, DEAD, seconds=5.86)

    assert reason_to_stop(STRICT, looked, epochs=10) == (
        "stopped at epoch 3: 71 % of conv2's units never fire (limit 40 %); saved about 41 s"
    )


def test_units_that_are_stuck_at_another_value_are_not_said_not_to_fire() -> None:
    saturated = DEAD.replace(at_zero=False)

    said = reason_to_stop(STRICT, history(saturated), epochs=10)

    assert "71 % of conv2's units answer the same to every input" in said


def test_only_looks_in_a_row_exhaust_the_patience() -> None:
    limits = STRICT.replace(patience=2)

    assert not reason_to_stop(limits, history(DEAD), epochs=10)
    assert not reason_to_stop(limits, history(DEAD, WELL, DEAD), epochs=10)
    assert reason_to_stop(limits, history(WELL, DEAD, None, DEAD), epochs=10)


def test_nothing_is_said_without_a_look_or_when_nothing_is_left_to_save() -> None:
    assert not reason_to_stop(STRICT, [], epochs=10)
    assert not reason_to_stop(STRICT, history(DEAD, None), epochs=10)
    assert not reason_to_stop(STRICT, history(DEAD, DEAD), epochs=2)


@pytest.mark.parametrize(
    ("elasticity", "said"),
    [
        (0.0, "no gradient reaches conv1/kernel, so it cannot learn"),
        (3e-8, "changing it by 1 % would move the loss by 3e-08 % (limit 1e-05 %)"),
        (1e-5, ""),
    ],
)
def test_a_vanished_gradient_is_told_in_what_it_could_do(elasticity: float, said: str) -> None:
    signs = WELL.replace(elasticity=elasticity)

    reason = reason_to_stop(Limits(), history(signs, signs), epochs=10)

    assert said in reason
    assert bool(said) == bool(reason)


@given(st.lists(st.builds(VitalSigns, silent=st.floats(0, 1), elasticity=st.floats(0, 1e9))))
def test_without_limits_nothing_is_ever_stopped(signs: list[VitalSigns]) -> None:
    assert not reason_to_stop(Limits.none(), history(*signs), epochs=100)


def test_simple_mode_has_no_limits_but_those_that_are_given() -> None:
    assert SweepConfig(mode="simple").hard_limits == Limits.none()
    assert SweepConfig(mode="simple", limits={"dead_units": 0.5}).hard_limits.dead_units == 0.5
    assert SweepConfig().hard_limits == Limits()
    assert SweepConfig(limits="none").hard_limits == Limits.none()
    with pytest.raises(ConfigError, match=r"limits\.dead_units"):
        SweepConfig(limits={"dead_units": 71})


def test_a_sick_trial_is_pruned_with_the_reason_and_the_others_go_on(
    tmp_path: Path, make_config: MakeConfig, coordinate: Coordinate
) -> None:
    silent: dict[str, Any] = {"silent": [0.1, 0.95]}

    record = coordinate(tmp_path / "s", make_config(budget=6, epochs=4, space=silent))

    states = {trial.params["silent"]: set() for trial in record.trials.values()}
    for trial in record.trials.values():
        states[trial.params["silent"]].add(trial.state)
    assert states == {0.1: {"completed"}, 0.95: {"pruned"}}
    for trial in record.finished():
        if trial.state == "pruned" and trial.ended:
            assert trial.ended.epochs == 2
            assert trial.ended.reason.startswith(
                "stopped at epoch 2: 95 % of conv2's units never fire (limit 80 %); saved about"
            )


def test_a_journal_from_before_the_looks_were_kept_is_read() -> None:
    data = history(WELL)[0].to_dict()
    del data["signs"]

    assert EpochRecord.parse(data).signs is None
