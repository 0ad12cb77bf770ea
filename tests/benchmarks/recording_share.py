"""What telemetry and diagnostics cost: the same trials with and without them, in turns.

Run ``python tests/benchmarks/recording_share.py [--work digits] [--trials 6]``. Everything runs in
this process, with one thread, and CPU seconds are counted, so that a loaded machine hardly
matters. Without recording there are no looks at the network, no health and no arrays; training,
validation, the test set's look and the saved model stay. Both must come to the same accuracy:
looking changes nothing. Below each share stands where it goes (the rest is the measured last step
of an epoch), and how many examples the looks read for each hundred that are trained on: a look
costs about as much as a step on its examples, so less than that no implementation can reach.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from speed_works import WORKS, Work, configurations

from hpolab.data import load
from hpolab.health.report import HealthReport
from hpolab.training.worker import prepare_process
from hpolab.trial import RunSpec

if TYPE_CHECKING:
    from collections.abc import Callable

BAR = 0.05
PARTS = {
    "Observer.look": "looks after the first",
    "Observer.first": "the first look, which is traced",
    "_Run._watch": "getting ready to look",
    "run.assess": "health after every epoch",
    "Diagnostics.__init__": "the first weights kept",
    "_Run._save_diagnostics": "arrays made and written",
}


class NoTelemetry:
    """Stands in for Telemetry and writes nothing down."""

    probes = ()

    def __init__(self, *_: Any, **__: Any): ...

    def is_probed(self, *_: int) -> bool:
        return False

    def add_epoch(self, *_: Any) -> None: ...

    def signs(self, *_: int) -> None: ...

    def recorded(self) -> None: ...


class Clock:
    """CPU seconds of the parts of recording."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self.examples = 0
        self._seen: set[int] = set()

    def timed(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """The same method, its time taken."""

        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            answer = method(*arguments, **named)
            part = name
            if name == "Observer.look":
                observer = arguments[0]
                self.examples += len(observer._batch[1])
                part = name if id(observer) in self._seen else "Observer.first"
                self._seen.add(id(observer))
            self.seconds[part] += time.process_time() - began
            return answer

        return timed

    def watch(self, stack: ExitStack) -> None:
        """Take the time of every part until the stack is left."""
        from hpolab.training import diagnostics, run, telemetry

        self._seen.clear()  # an earlier trial's observer may have had the same place in memory
        for owner, name in (
            (telemetry.Observer, "look"),
            (run._Run, "_watch"),
            (run, "assess"),
            (diagnostics.Diagnostics, "__init__"),
            (run._Run, "_save_diagnostics"),
        ):
            key = f"{owner.__name__.rpartition('.')[2]}.{name}"
            stack.enter_context(patch.object(owner, name, self.timed(key, getattr(owner, name))))


def train(spec: RunSpec, *, recorded: bool, clock: Clock) -> tuple[float, float | None]:
    """CPU seconds of one trial, and its accuracy."""
    from hpolab.training import run

    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        if not recorded:
            stack.enter_context(patch.object(run, "Telemetry", NoTelemetry))
            stack.enter_context(patch.object(run, "Observer", lambda *_: None))
            stack.enter_context(patch.object(run, "assess", lambda *_, **__: HealthReport()))
        else:
            clock.watch(stack)
        spec = spec.replace(record=recorded, folder=Path(folder))
        began = time.process_time()
        result = run.train_run(spec, lambda _: None)
        seconds = time.process_time() - began
    assert result.state == "completed", result.reason
    return seconds, result.accuracy


def measure(work: Work, *, trials: int) -> bool:
    """Print the share of one work; whether it is within the bar."""
    config = work.sweep(trials=trials, seed=1)
    dataset = load(config.dataset)
    seconds = {True: 0.0, False: 0.0}
    same = trained_on = 0
    clock = Clock()
    for number, params in enumerate([configurations(config)[0], *configurations(config)]):
        spec = RunSpec(
            trial=number, model=config.builder(), params=params, dataset=config.dataset,
            epochs=work.epochs, seed=config.seed, folder=Path(),
        )  # fmt: skip
        accuracies = []
        for recorded in (True, False) if number % 2 else (False, True):
            spent, accuracy = train(spec, recorded=recorded, clock=clock if number else Clock())
            accuracies.append(accuracy)
            seconds[recorded] += spent if number else 0.0  # the first one warms up
        trained_on += work.epochs * len(dataset.train) if number else 0
        same += accuracies[0] == accuracies[1] and number > 0
    share = seconds[True] / seconds[False] - 1
    print(
        f"{work.title}: {trials} trials, {seconds[True] / trials:.3f} CPU s a trial with, "
        f"{seconds[False] / trials:.3f} without: recording takes {share:.1%} of training; "
        f"{same} of {trials} accuracies the same; bar {BAR:.0%} "
        f"{'met' if share <= BAR else 'NOT met'}",
        flush=True,
    )
    for part, spent in clock.seconds.items():
        print(f"    {spent / seconds[False]:6.1%}  {PARTS[part]}")
    print(
        f"    the looks read {100 * clock.examples / trained_on:.1f} examples for 100 trained on"
    )
    return share <= BAR


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--work", choices=list(WORKS), action="append", help="default: all")
    parser.add_argument("--trials", type=int, default=6)
    options = parser.parse_args()
    prepare_process(threads=1)
    for name in options.work or WORKS:
        measure(WORKS[name], trials=options.trials)


if __name__ == "__main__":
    main()
