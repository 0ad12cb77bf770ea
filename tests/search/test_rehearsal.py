from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from hpolab.search import PrunerSpec, Search
from hpolab.search.rehearsal import _judge_of, rehearse

Build = Callable[..., Search]


@pytest.mark.parametrize(
    "pruner",
    [
        "none",
        "median",
        {"name": "median", "warmup_epochs": 3, "n_startup_trials": 2},
        "hyperband",
        {"name": "hyperband", "min_epochs": 2, "reduction_factor": 2},
    ],
)
def test_the_rehearsed_rule_is_that_of_the_real_pruner(search: Build, pruner: object) -> None:
    real = search("random", pruner, epochs=9)
    judge = _judge_of(PrunerSpec.model_validate(pruner), 9)
    random = Random(5)

    for number in range(60):
        quality = random.random()
        real.ask(number)
        epoch = next(e for e in range(1, 10) if real.report(number, e, quality) or e == 9)
        real.tell(number, quality if epoch == 9 else None, "completed" if epoch == 9 else "pruned")
        assert judge(number, quality) == epoch, number


def test_ever_fewer_trials_complete_under_the_median() -> None:
    rehearsed = rehearse(PrunerSpec.parse("median"), epochs=10)
    means = [sum(trial) / len(trial) for trial in rehearsed]

    assert means[:5] == [10.0] * 5
    assert sum(means[5:20]) / 15 > 1.3 * sum(means[85:100]) / 15
    assert min(min(trial) for trial in rehearsed) == 2
