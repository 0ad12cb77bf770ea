"""How fast the lab answers, in a real Chromium: a table of what was measured, and the bars.

Run ``python tests/benchmarks/lab_speed.py [name ...]`` with names of MEASUREMENTS, or none for
all of them; about three minutes. Nothing else should run meanwhile. Sweeps are made of journal
lines, but for the first epoch, which a real network trains.
"""

from __future__ import annotations

import contextlib
import gc
import random
import statistics
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil
from jupyter_client.manager import start_new_kernel
from lab_app import (
    browsing,
    heap_megabytes,
    move_slider,
    note_epochs,
    noted_epochs,
    open_lab,
    served,
    turn_page,
)
from made_sweeps import MadeSweep

from hpolab.config import SweepConfig
from hpolab.storage.lock import CoordinatorLock
from hpolab.sweep import Sweep
from hpolab.testing.synthetic import WORK
from hpolab_widgets import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

PREHEATED_SECONDS = 10.0
EPOCHS_WATCHED = 60
BAD = 3


class Row(NamedTuple):
    """One line of the table; ``bar`` is what ``value`` must stay below, None for no bar."""

    what: str
    value: float
    bar: float | None
    unit: str
    more: str = ""

    def print(self) -> None:
        judged = "" if self.bar is None else "missed" if self.value >= self.bar else "met"
        bar = "" if self.bar is None else f"< {self.bar:g} {self.unit}"
        value = f"{self.value:.4g} {self.unit}"
        print(f"{self.what:58} {value:>10}  {bar:>10}  {judged:6}  {self.more}", flush=True)


def high(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def spread(values: list[float]) -> str:
    return f"median {statistics.median(values):.3g}, most {max(values):.3g} of {len(values)}"


def opening(place: Path) -> Iterator[Row]:
    """How long a visitor waits until a slider has answered."""
    with served(place) as url, browsing() as browser:
        page, cold = open_lab(browser, url)
        waits = []
        for _ in range(3):
            page.close()
            time.sleep(PREHEATED_SECONDS)  # the next kernel is made ready meanwhile
            page, seconds = open_lab(browser, url)
            waits.append(seconds)
    yield Row("page usable, its kernel ready", max(waits), 5, "s", spread(waits))
    yield Row("page usable, right after the app has started", cold, None, "s")


def first_epoch(place: Path) -> Iterator[Row]:
    """How long after the press of Start a real network's first epoch is seen."""
    with served(place) as url, browsing() as browser:
        page, _ = open_lab(browser, url)
        page.get_by_role("button", name="New sweep").click()
        page.get_by_text("Examples of digits").wait_for()
        page.locator('[data-field="budget.trials"]').fill("2")
        page.locator('[data-field="epochs"]').fill("100")  # ten are over sooner than one can look
        began = time.perf_counter()
        page.get_by_role("button", name="Start the").click()
        page.locator(".hpo-run-epoch", has_text="epoch").first.wait_for()
        seconds = time.perf_counter() - began
        page.locator(".hpo-state", has_text="finished").first.wait_for()
    yield Row("first live epoch after Start", seconds, 20, "s")


def live(place: Path) -> Iterator[Row]:
    """From a line in the journal to pixels."""
    for trials in (20, 1000):
        sweeps = place / str(trials)
        sweeps.mkdir()
        made = MadeSweep(sweeps / "live", trials=trials, epochs=EPOCHS_WATCHED)
        lock = CoordinatorLock(made.folder.path / ".lock")
        with lock, served(sweeps) as url, browsing() as browser:
            page, _ = open_lab(browser, url)
            delays = _delays(made, page)
        yield Row(
            f"journal line to pixels, 95th percentile, {trials:,} trials",
            high(delays), 0.7, "s", spread(delays),
        )  # fmt: skip


def _delays(made: MadeSweep, page: Any) -> list[float]:
    """Seconds that each epoch took from being written to being painted."""
    rhythm, trial, written = random.Random(1), made.begin(), {}
    note_epochs(page)
    for epoch in range(1, EPOCHS_WATCHED + 1):
        made.epoch(trial, epoch)
        written[epoch] = time.time()
        page.wait_for_timeout(1000 * rhythm.uniform(0.3, 0.7))
    page.wait_for_function(f"{EPOCHS_WATCHED} in window.hpoEpochs")
    page.wait_for_timeout(200)
    painted = noted_epochs(page)
    # one that was overtaken has been seen when a later one was
    return [
        min(at for later, at in painted.items() if later >= epoch) - when
        for epoch, when in written.items()
    ]


def reweighing(place: Path) -> Iterator[Row]:
    """A slider and a page of the gallery, at many trials."""
    for trials, bars in {1000: (100, 200), 5000: (None, None)}.items():
        sweeps = place / str(trials)
        sweeps.mkdir()
        MadeSweep(sweeps / "many", trials=trials)
        with served(sweeps) as url, browsing() as browser:
            time.sleep(PREHEATED_SECONDS)
            page, seconds = open_lab(browser, url)
            moves = [move_slider(page, "ArrowLeft") for _ in range(20)]
            turns = [turn_page(page) for _ in range(20)]
        yield Row(f"page usable with {trials:,} trials", seconds, None, "s")
        yield Row(
            f"slider to re-ranked gallery, {trials:,} trials",
            statistics.median(moves), bars[0], "ms", spread(moves),
        )  # fmt: skip
        yield Row(
            f"next page of the gallery, {trials:,} trials",
            statistics.median(turns), bars[1], "ms", spread(turns),
        )  # fmt: skip


def kernel(place: Path) -> Iterator[Row]:
    """What a moved slider costs the kernel, all panels of the page together."""
    for trials, bar in {1000: 20, 5000: None}.items():
        lab = Lab(MadeSweep(place / str(trials), trials=trials).folder.path)
        times = []
        for percent in range(30, 70):
            began = time.perf_counter()
            lab.state.weights = lab.state.weights.with_accuracy(percent / 100)
            times.append(1e3 * (time.perf_counter() - began))
        held = weakref.ref(lab.state.sweep)
        lab.close()
        del lab
        gc.collect()
        yield Row(
            f"kernel time of a slider's move, {trials:,} trials",
            statistics.median(times), bar, "ms", spread(times),
        )  # fmt: skip
        yield Row("sweeps that a closed Lab still holds", held() is not None, 1, "")


def fast_trials(place: Path) -> Iterator[Row]:
    """Whether a cell answers while 200 fast trials come in, and what they leave in memory."""
    space = {"learning_rate": {"low": 1e-4, "high": 1e-1, "log": True}, "sleep": 0.02}
    config = SweepConfig(
        model=WORK, space=space, epochs=3, budget=200, sampler="random", pruner="none",
        record="none", executor="hpolab.testing.synthetic:synthetic_inline",
    )  # fmt: skip
    sweep = Sweep(config, path=place / "fast").start()
    with served(place) as url, browsing() as browser, _kernel() as (client, process):
        _answer(client, f"from hpolab_widgets import Lab; lab = Lab({str(sweep.path)!r})")
        page, _ = open_lab(browser, url)
        seen = len(sweep.record.finished())
        before = process.memory_info().rss / 1e6, heap_megabytes(page)
        answers = []
        while sweep.state in {"new", "running"}:
            answers.append(1e3 * _answer(client, "lab.state.version"))
            time.sleep(0.05)
        page.locator(".hpo-state", has_text="finished").first.wait_for()
        after = process.memory_info().rss / 1e6, heap_megabytes(page)
    yield Row("a cell's answer during 200 fast trials", high(answers), 200, "ms", spread(answers))
    for what, old, new in zip(("kernel", "browser"), before, after, strict=True):
        more = f"{old:.0f} MB after {seen} trials, {new:.0f} MB after 200"
        yield Row(f"growth of the {what} meanwhile", new - old, 30, "MB", more)


@contextlib.contextmanager
def _kernel() -> Iterator[tuple[Any, psutil.Process]]:
    manager, client = start_new_kernel(stderr=subprocess.DEVNULL)
    try:
        yield client, psutil.Process(manager.provisioner.pid)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _answer(client: Any, code: str) -> float:
    """Seconds that a cell takes.

    Raises:
        RuntimeError: It failed.
    """
    began = time.perf_counter()
    reply = client.execute(code, reply=True, timeout=60)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(reply["content"]["evalue"])
    return time.perf_counter() - began


MEASUREMENTS = {
    measure.__name__: measure
    for measure in (opening, first_epoch, live, reweighing, kernel, fast_trials)
}


def main() -> int:
    """Measure and print; the exit code says whether a bar was missed."""
    missed = 0
    for name in sys.argv[1:] or MEASUREMENTS:
        with tempfile.TemporaryDirectory() as place:
            for row in MEASUREMENTS[name](Path(place)):
                row.print()
                missed += row.bar is not None and row.value >= row.bar
    return BAD if missed else 0


if __name__ == "__main__":
    sys.exit(main())
