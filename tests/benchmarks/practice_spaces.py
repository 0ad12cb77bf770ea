"""Train the practice spaces again, every configuration with every seed, and pack the tables.

    make practice

About 10 minutes on two idle cores. What is trained is kept in the cache folder as it comes, so
that a stopped training goes on where it was; seeds are trained one after the other, and the tables
are packed with as many as are whole. The format is told in hpolab/practice/table.py.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from hpolab.data import load
from hpolab.events import RunEnded, RunEvent, RunLost
from hpolab.executors.process import ProcessExecutor
from hpolab.practice.spaces import SPACES, PracticeSpace
from hpolab.practice.table import Line, write_table
from hpolab.settings import settings
from hpolab.trial import DatasetSpec, RunSpec

Job = tuple[PracticeSpace, int, int]
"""A space, a seed and the place of a configuration in it."""


def main() -> None:
    """Train what is missing, then pack."""
    kept = settings().cache_dir.expanduser() / "practice-spaces"
    kept.mkdir(parents=True, exist_ok=True)
    done = {(name, line.seed, line.place) for name in SPACES for line in lines(kept, name)}
    jobs = [
        (space, seed, place)
        for seed in range(max(space.seeds for space in SPACES.values()))
        for space in SPACES.values()
        for place in range(space.size)
        if (space.name, seed, place) not in done
    ]
    train(jobs, kept)
    pack(kept)


def lines(kept: Path, name: str) -> list[Line]:
    """What was trained of a space so far."""
    path = kept / f"{name}.jsonl"
    if not path.is_file():
        return []
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [Line.parse(text) for text in whole if text.endswith("\n")]


def train(jobs: list[Job], kept: Path) -> None:
    """Train with warm workers, and keep each result at once."""
    began, todo, running = time.monotonic(), list(reversed(jobs)), dict[int, Job]()
    configurations = {name: list(space.configurations()) for name, space in SPACES.items()}

    def handle(event: RunEvent) -> None:
        if isinstance(event, RunLost):
            todo.append(running.pop(event.trial))
        elif isinstance(event, RunEnded):
            space, seed, place = running.pop(event.trial)
            result = event.result.replace(artifacts=(), fingerprint="")
            with (kept / f"{space.name}.jsonl").open("a", encoding="utf-8") as file:
                file.write(Line(seed=seed, place=place, result=result).to_json() + "\n")

    with tempfile.TemporaryDirectory() as scratch, ProcessExecutor(workers=2) as executor:
        number = 0
        while todo or running:
            while todo and len(running) < executor.slots:
                space, seed, place = running[number] = todo.pop()
                executor.submit(
                    RunSpec(
                        trial=number,
                        model=space.model,
                        params=configurations[space.name][place],
                        dataset=DatasetSpec(name=space.dataset),
                        epochs=space.epochs,
                        seed=seed,
                        record=False,
                        folder=Path(scratch) / str(number),
                    )
                )
                number += 1
                if number % 100 == 0:
                    spent = time.monotonic() - began
                    print(f"{number} of {len(jobs)} in {spent:.0f} s", flush=True)
            executor.poll(handle, 0.5)


def pack(kept: Path) -> None:
    """Write the tables from what was trained, with the seeds that are whole."""
    for name, space in SPACES.items():
        known = {(line.seed, line.place): line for line in lines(kept, name)}
        whole = [
            seed
            for seed in range(space.seeds)
            if all((seed, place) in known for place in range(space.size))
        ]
        chosen = [known[seed, place] for seed in whole for place in range(space.size)]
        fingerprint = load(DatasetSpec(name=space.dataset)).fingerprint
        path = write_table(space, chosen, fingerprint=fingerprint)
        states = [line.result.state for line in chosen]
        told = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
        print(f"{path.name}: {len(whole)} seeds, {told}, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
