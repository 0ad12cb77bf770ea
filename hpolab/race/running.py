"""One run of one contender: the loop of ask and tell, and what is told of it meanwhile."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hpolab.evolution.catalogue import find_algorithm
from hpolab.race.config import MOST_FRAMES
from hpolab.race.events import Frame, HeatAdvanced, HeatEnded, HeatStarted
from hpolab.race.problem import opened

if TYPE_CHECKING:
    from hpolab.evolution import Algorithm, Array
    from hpolab.race.config import Heat, RaceConfig
    from hpolab.race.problem import Problem, Sandboxes

__all__ = ["POINTS", "checkpoints", "run_heat"]

POINTS = 64
"""Of a curve, at most."""
_SHOWN = 60
"""Members of a population in a picture, at most."""
_TELL_SECONDS = 0.15

Tell = Callable[[HeatStarted | HeatAdvanced | HeatEnded], None]


class _Log:
    """What a run has to tell, collected until it is worth a line."""

    def __init__(self, tell: Tell, heat: int, attempt: int, *, budget: int, n_frames: int) -> None:
        self._tell, self._heat, self._attempt = tell, heat, attempt
        self._marks = deque(checkpoints(budget, POINTS))
        self._scenes = deque(checkpoints(budget, n_frames))
        self._has_frames = n_frames > 0
        self._points: list[tuple[int, float]] = []
        self._frames: list[Frame] = []
        self._told = time.monotonic()

    def note(self, evaluations: int, search: Algorithm[Any], *, is_last: bool) -> None:
        """Take in a generation; tell when it is time, or there will be no other."""
        error = search.best_error
        if np.isfinite(error) and (_pass(self._marks, evaluations) or is_last):
            self._points.append((evaluations, error))
        if self._has_frames and (_pass(self._scenes, evaluations) or is_last):
            self._frames.append(_frame(evaluations, search))
        if is_last or time.monotonic() - self._told > _TELL_SECONDS:
            # also with nothing new: a coordinator that is gone is noticed by writing to it
            self._tell(
                HeatAdvanced(
                    heat=self._heat,
                    attempt=self._attempt,
                    points=tuple(self._points),
                    frames=tuple(self._frames),
                )
            )
            self._points, self._frames = [], []
            self._told = time.monotonic()


def run_heat(
    config: RaceConfig, heat: Heat, *, attempt: int, tell: Tell, sandboxes: Sandboxes
) -> None:
    """Run a contender until its budget is spent, or the target is reached.

    Args:
        config: Of the race.
        heat: Whose run, and from which seed.
        attempt: The how-manieth, from 1.
        tell: Gets what happens, its end last.
        sandboxes: Where the user's function is run.

    Raises:
        HpolabError: The own function cannot be run, or does what it must not.
    """
    began = time.monotonic()
    budget = config.scene_budget if heat.is_scene else config.budget
    target = None if heat.is_scene else config.goal
    tell(HeatStarted(heat=heat.number, attempt=attempt, worker=os.getpid()))
    log = _Log(
        tell, heat.number, attempt, budget=budget, n_frames=MOST_FRAMES if heat.is_scene else 0
    )
    contender = config.contenders[heat.contender]
    with opened(config, heat, sandboxes) as problem:
        search = find_algorithm(contender.algorithm).planned(
            problem.bounds, budget=budget, seed=heat.seed, **contender.parameters
        )
        reached = _search(search, problem, budget=budget, target=target, log=log)
    tell(
        HeatEnded(
            heat=heat.number,
            attempt=attempt,
            state="completed" if np.isfinite(search.best_error) else "failed",
            reason="" if np.isfinite(search.best_error) else "no point had a finite value",
            reached=reached,
            point=tuple(search.best_point.tolist()),
            seconds=time.monotonic() - began,
        )
    )


def _search(
    search: Algorithm[Any], problem: Problem, *, budget: int, target: float | None, log: _Log
) -> int | None:
    """Go on until the end; gives the evaluations made when the target was reached."""
    evaluations = 0
    while True:
        points = search.ask()
        affordable = min(len(points), budget - evaluations)
        errors = np.full(len(points), np.inf)
        errors[:affordable] = problem.error(points[:affordable])
        search.tell(points, errors)
        reached = None
        if target is not None and search.best_error <= target:
            reached = evaluations + int((errors <= target).argmax()) + 1
        evaluations += affordable
        is_last = evaluations >= budget or reached is not None
        log.note(evaluations, search, is_last=is_last)
        if is_last:
            return reached


def checkpoints(budget: int, count: int) -> list[int]:
    """So many numbers of evaluations up to the budget, close together at the beginning."""
    return [int(budget * (i / count) ** 2) for i in range(1, count + 1)]


def _pass(marks: deque[int], evaluations: int) -> bool:
    """Whether a mark was reached; those that were are taken away."""
    is_due = bool(marks) and evaluations >= marks[0]
    while marks and evaluations >= marks[0]:
        marks.popleft()
    return is_due


def _frame(evaluations: int, search: Algorithm[Any]) -> Frame:
    population: Array = search.population[:_SHOWN]
    shares = (population - search.low) / (search.high - search.low)
    places = np.rint(1000 * shares).astype(int)
    return Frame(
        evaluations=evaluations, error=search.best_error, points=tuple(places.ravel().tolist())
    )
