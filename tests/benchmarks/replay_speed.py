"""How large a replay is, and how fast it opens and answers in a real Chromium, from disk.

Run ``python tests/benchmarks/replay_speed.py``; about half a minute. Nothing else should run
meanwhile. Sweeps are made of journal lines; the bars are for 100 trials.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lab_app import browsing
from made_sweeps import MadeSweep

from hpolab.replay import write_replay
from hpolab.sweep import Sweep

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZES = (24, 100, 1000)
OPENINGS = 5
MOVES = 40
BARS = "at 100 trials: under 5 MB, open in under 2 s"

_MOVE = """([id, values]) => {
  const slider = document.getElementById(id), took = [];
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const step = (i) => new Promise((done) => {
    if (i === values.length) return done();
    const begun = performance.now();
    set.call(slider, values[i]);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => setTimeout(() => (took.push(performance.now() - begun), done(step(i + 1)))));
  });
  return step(0).then(() => took);
}"""  # noqa: E501


class Measured(NamedTuple):
    """One size of sweep; times in seconds, medians."""

    trials: int
    megabytes: float
    written: float
    opened: float
    slowest_opened: float
    moved_in_time: float
    moved_weight: float


def main() -> None:
    """Measure all sizes, and print a table."""
    print(f"bars {BARS}")
    print(f"{'trials':>6} {'MB':>6} {'write s':>8} {'open s':>7} {'worst':>6} {'time ms':>8} "
          f"{'weight ms':>9}")  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        for trials in SIZES:
            row = measure(Path(place), trials)
            print(
                f"{row.trials:>6} {row.megabytes:>6.2f} {row.written:>8.2f} {row.opened:>7.2f} "
                f"{row.slowest_opened:>6.2f} {1000 * row.moved_in_time:>8.0f} "
                f"{1000 * row.moved_weight:>9.0f}"
            )


def measure(place: Path, trials: int) -> Measured:
    """Make a sweep, write its replay, open it in fresh profiles, move its sliders."""
    made = MadeSweep(place / f"made-{trials}", trials=trials)
    begun = time.perf_counter()
    path = write_replay(Sweep.follow(made.folder.path), place / f"{trials}.html")
    written = time.perf_counter() - begun
    opened, times, weights = [], [], []
    with browsing() as browser:
        for _ in range(OPENINGS):
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            opened.append(open_seconds(page, path))
            times.append(move_seconds(page, "hpo-replay-time"))
            weights.append(move_seconds(page, "hpo-replay-accuracy"))
            page.context.close()
    return Measured(
        trials,
        path.stat().st_size / 1e6,
        written,
        statistics.median(opened),
        max(opened),
        statistics.median(times),
        statistics.median(weights),
    )


def open_seconds(page: Page, path: Path) -> float:
    """From the wish to open the file until its cards are there."""
    begun = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    page.locator("[data-trial]").first.wait_for()
    return time.perf_counter() - begun


def move_seconds(page: Page, slider: str) -> float:
    """From a move of a slider until the next frame is drawn, the frame's own wait included."""
    top = float(page.locator(f"#{slider}").get_attribute("max") or 100)
    values = [round(top * (move * 7 % MOVES) / MOVES) for move in range(MOVES)]
    return statistics.median(page.evaluate(_MOVE, [slider, values])) / 1000


if __name__ == "__main__":
    main()
