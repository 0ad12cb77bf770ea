"""A run in this process: the loop of ask and tell, and what is told of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hpolab.errors import HpolabError
from hpolab.race import RaceConfig
from hpolab.race.config import MOST_FRAMES
from hpolab.race.events import HeatAdvanced, HeatEnded
from hpolab.race.problem import Sandboxes
from hpolab.race.running import POINTS, checkpoints, run_heat
from hpolab.sandbox import OwnFunction, sandbox_problem


def told(config: RaceConfig, number: int = 0) -> list[Any]:
    """What a run tells."""
    events: list[Any] = []
    boxes = Sandboxes()
    try:
        run_heat(config, config.heats()[number], attempt=1, tell=events.append, sandboxes=boxes)
    finally:
        boxes.close()
    return events


def points(events: list[Any]) -> list[tuple[int, float]]:
    return [point for each in events if isinstance(each, HeatAdvanced) for point in each.points]


SPHERE = RaceConfig(
    function="sphere", dimensions=2, contenders=("pso",), seeds=2, budget=3000, scene_budget=800
)


def test_errors_only_fall_and_the_end_says_when_the_target_was_reached() -> None:
    events = told(SPHERE, 1)
    curve = points(events)
    errors = [error for _, error in curve]
    assert errors == sorted(errors, reverse=True)
    assert len(curve) <= POINTS + 1
    end = events[-1]
    assert end.state == "completed"
    assert errors[-1] <= SPHERE.target
    assert curve[-2][0] < end.reached <= curve[-1][0]


def test_the_same_seed_is_the_same_run_and_another_is_another_task() -> None:
    assert points(told(SPHERE, 1)) == points(told(SPHERE, 1))
    assert points(told(SPHERE, 1)) != points(told(SPHERE, 2))


def test_a_budget_is_kept_to_the_evaluation() -> None:
    hard = SPHERE.replace(function="rastrigin", dimensions=20, budget=333)
    events = told(hard, 1)
    assert points(events)[-1][0] == 333
    assert events[-1].reached is None


def test_a_scene_shows_its_population_within_the_map() -> None:
    events = told(SPHERE, 0)
    frames = [frame for each in events if isinstance(each, HeatAdvanced) for frame in each.frames]
    assert 3 < len(frames) <= MOST_FRAMES + 1
    assert [frame.evaluations for frame in frames] == sorted(f.evaluations for f in frames)
    assert all(0 <= place <= 1000 for frame in frames for place in frame.points)
    assert len(frames[0].points) == 2 * 40  # the swarm
    first, last = (np.std(frame.points[::2]) for frame in (frames[0], frames[-1]))
    assert last < first / 2


def test_checkpoints_are_dense_at_the_beginning_and_end_with_the_budget() -> None:
    marks = checkpoints(10_000, 50)
    assert marks == sorted(marks)
    assert marks[-1] == 10_000
    assert marks[1] - marks[0] < (marks[-1] - marks[-2]) / 10


@pytest.mark.skipif(bool(sandbox_problem()), reason=sandbox_problem())
def test_an_own_function_is_raced_up_or_down_and_its_sandbox_is_kept() -> None:
    source = "def fitness(x): return float(((x - 1) ** 2).sum())"
    own = OwnFunction(source=source, dimensions=2, low=-3, high=3)
    down = RaceConfig(fitness=own, contenders=("pso",), seeds=1, budget=800, scene_budget=0)
    end = told(down)[-1]
    assert isinstance(end, HeatEnded)
    assert end.point == pytest.approx((1, 1), abs=1e-2)
    far = told(down.replace(fitness=own.replace(direction="maximize")))[-1]
    assert far.point == pytest.approx((-3, -3), abs=1e-2)

    boxes = Sandboxes()
    pids = []
    for _ in range(2):
        with boxes.use(own) as fitness:
            pids.append(fitness.pid)
    boxes.close()
    assert pids[0] == pids[1]
    with pytest.raises(HpolabError, match="line 1"):
        told(down.replace(fitness=own.replace(source="def fitness(x): return open('a')")))
