"""Train the finished sweep that the lab opens with, and keep of it what a visitor looks at.

    make example

The search is real: digits, two dozen small networks, ten epochs each at most. One of its learning
rates is absurd, so that a trial blows up before a visitor's eyes, as happens in life. Of what it
wrote, all stays but the weights: of these the winner's alone, so that the wheel stays small.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from hpolab import Sweep, SweepConfig

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "widgets" / "hpolab_widgets" / "example" / "digits-example"
KEPT = ("*.json", "*.jsonl", "*.yaml", "*.md", "*.npz", "best/model.keras")
CONFIG = {
    "name": "digits-example",
    "dataset": "digits",
    "epochs": 10,
    "budget": 24,
    "space": {"learning_rate": [1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e8]},
    "pruner": {"name": "median", "n_startup_trials": 8, "warmup_epochs": 3},
    "executor": {"name": "process", "workers": 2},
    "record": "all",
}


def main(seed: int = 0) -> None:
    """Run the search in a temporary folder, then replace the example by it."""
    with tempfile.TemporaryDirectory() as place:
        config = SweepConfig.parse({**CONFIG, "seed": seed})
        sweep = Sweep(config, path=Path(place) / CONFIG["name"]).run()
        states = [trial.state for trial in sweep.record.trials.values()]
        print({state: states.count(state) for state in sorted(set(states))}, sweep.best.score)
        if not {"completed", "pruned", "failed"} <= set(states):
            sys.exit("this search has no trial of every fate; try another seed")
        keep(sweep)


def keep(sweep: Sweep) -> None:
    """Replace the example by the small files of a sweep."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for pattern in KEPT:
        for path in sweep.path.rglob(pattern):
            if path.name == "commands.jsonl" or path.name.startswith(".lock"):
                continue
            target = TARGET / path.relative_to(sweep.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    size = sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file())
    print(f"{TARGET.relative_to(ROOT)}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
