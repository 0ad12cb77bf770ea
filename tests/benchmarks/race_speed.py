"""What a race costs beside its evaluations: python tests/benchmarks/race_speed.py.

CPU seconds of one process, so that a busy machine does not matter: the loop of a run beside the
bare loop of ask and tell, and what the panel does for each look at the default race.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import count

from hpolab.evolution import FUNCTIONS, find_algorithm, find_function
from hpolab.race import FAMILIES, RaceConfig
from hpolab.race.events import RaceEntry, RaceStarted
from hpolab.race.landscape import landscape
from hpolab.race.problem import Sandboxes
from hpolab.race.record import RaceRecord
from hpolab.race.running import run_heat
from hpolab_widgets.racing import scenes, shown

BUDGET = 20_000


def main() -> None:
    """Measure, and print."""
    print("thousand evaluations a CPU second, shifted rastrigin, D=10")
    for name in FAMILIES:
        bare, raced = (BUDGET / 1000 / best_of(3, run) for run in loops(name))
        print(f"  {name:<8} bare {bare:6.0f}   in a race {raced:6.0f}   {raced / bare:5.0%}")
    record = default_race()
    config = record.config
    assert config is not None
    drawn = landscape(config)
    told = shown(record, name="default", state="finished")
    look = best_of(5, lambda: shown(record, name="default", state="finished"))
    films = best_of(5, lambda: scenes(config, record, drawn))
    size = len(json.dumps(told).encode()) / 1000
    print(f"a look at the default race: {1000 * look:.1f} ms, {size:.0f} kB; ", end="")
    print(f"its films: {1000 * films:.1f} ms")
    slowest = max(
        best_of(3, lambda name=name: landscape(RaceConfig(function=name))) for name in FUNCTIONS
    )
    print(f"the slowest of {len(FUNCTIONS)} maps: {1000 * slowest:.1f} ms")


def loops(name: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """The bare loop, and the same run as a race has it."""
    function = find_function("rastrigin", 10, shifted=0)

    def bare() -> None:
        search = find_algorithm(name).planned(function.bounds, budget=BUDGET, seed=0)
        while search.evaluations < BUDGET:
            points = search.ask()
            search.tell(points, function(points))

    # without a target within reach, or the run would end before its budget
    config = RaceConfig(contenders=(name,), seeds=1, budget=BUDGET, scene_budget=0, target=0)

    def raced() -> None:
        run_heat(config, config.heats()[0], attempt=1, tell=lambda _: None, sandboxes=Sandboxes())

    return bare, raced


def default_race() -> RaceRecord:
    """The race that the panel offers first, run here."""
    config = RaceConfig(seeds=9, budget=10_000)
    record, numbers = RaceRecord(), count()

    def apply(event: object) -> None:
        entry = {"seq": next(numbers), "utc": "2026-01-01T00:00:00Z", "event": event}
        record.apply(RaceEntry.parse(entry))

    apply(RaceStarted(race="default", config=config.to_dict(), versions={}))
    for heat in config.heats():
        run_heat(config, heat, attempt=1, tell=apply, sandboxes=Sandboxes())
    return record


def best_of(times: int, work: Callable[[], object]) -> float:
    """The fewest CPU seconds that it took."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


if __name__ == "__main__":
    main()
