"""What is health good for? 200 random networks, many of them sick, and four questions.

    make study

About 10 minutes on two idle cores. What is trained is kept in the cache folder as it comes, so
that a stopped study goes on where it was; ``--fresh`` begins anew. The result is written into the
package (hpolab/study/networks.jsonl), and the answers are printed: see hpolab/study.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from study_plan import (
    EARLY,
    EPOCHS,
    FACTORS,
    FRESH_SEEDS,
    Job,
    cures,
    networks,
    repetitions,
    spec_of,
)
from study_shifts import shifted_accuracy

from hpolab.events import RunEnded, RunEvent, RunLost
from hpolab.executors.process import ProcessExecutor
from hpolab.frozen import Frozen
from hpolab.settings import settings
from hpolab.study.columns import GOOD, SICK
from hpolab.study.table import Look, Network, Study, read_study, write_study
from hpolab.training.worker import prepare_process
from hpolab.trial import EpochRecord, RunResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hpolab.space import Params


class Kept(Frozen):
    """One training as it is kept: its job, what it gave, and how it takes shifts."""

    network: int
    seed: int
    factor: float
    result: RunResult
    shifted: dict[str, float] | None = None

    @property
    def job(self) -> Job:
        """What was asked."""
        return Job(self.network, self.seed, self.factor)


def main(arguments: Sequence[str]) -> None:
    """Train what is missing, write the study, and answer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fresh", action="store_true", help="forget what was trained before")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    path = settings().cache_dir.expanduser() / "health-study.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    if chosen.fresh:
        path.unlink(missing_ok=True)
    prepare_process()
    known = {kept.job: kept for kept in kept_in(path)}
    began = time.monotonic()

    def complete(jobs: Iterable[Job]) -> None:
        missing = [job for job in jobs if job not in known]
        known.update(train(missing, path, chosen.workers))

    numbers = range(len(networks()))
    complete(Job(number) for number in numbers)
    ends = [known[Job(number)].result for number in numbers]
    complete(repetitions([number for number in numbers if is_good(ends[number])]))
    complete(cures([number for number in numbers if is_sick(ends[number])]))
    rows = (network(n, params, known) for n, params in enumerate(networks()))
    written = write_study(rows, epochs=EPOCHS, early=EARLY)
    spent = time.monotonic() - began
    print(f"{len(known)} trainings, {spent:.0f} s; {written.stat().st_size / 1e3:.0f} kB")
    tell(read_study())


def kept_in(path: Path) -> list[Kept]:
    """What was trained so far."""
    if not path.is_file():
        return []
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [Kept.parse(text) for text in whole if text.endswith("\n")]


def train(jobs: list[Job], path: Path, workers: int) -> dict[Job, Kept]:
    """Train with warm workers, look at the models, and keep each result at once."""
    todo, running, done = list(reversed(jobs)), dict[int, Job](), dict[Job, Kept]()
    drawn = networks()
    with (
        tempfile.TemporaryDirectory() as scratch,
        ProcessExecutor(workers=workers) as executor,
        path.open("a", encoding="utf-8") as file,
    ):

        def handle(event: RunEvent) -> None:
            if isinstance(event, RunLost):
                todo.append(running.pop(event.trial))
            elif isinstance(event, RunEnded):
                job = running.pop(event.trial)
                done[job] = kept = look(job, event.result, Path(scratch) / str(event.trial))
                file.write(kept.to_json() + "\n")
                file.flush()

        number = 0
        while todo or running:
            while todo and len(running) < executor.slots:
                job = running[number] = todo.pop()
                folder = Path(scratch) / str(number)
                executor.submit(spec_of(job, drawn[job.network], number, folder))
                number += 1
                if number % 50 == 0:
                    print(f"{number} of {len(jobs)}", flush=True)
            executor.poll(handle, 0.5)
    return done


def look(job: Job, result: RunResult, folder: Path) -> Kept:
    """What is kept of a run; the model of an examined one reads the shifted test pictures."""
    if not result.history:
        raise RuntimeError(f"network {job.network} was not trained: {result.reason}")
    model = folder / "model.keras"
    is_examined = job == Job(job.network) and model.is_file()
    shifted = shifted_accuracy(model) if is_examined else None
    model.unlink(missing_ok=True)
    small = result.replace(artifacts=(), fingerprint="")
    return Kept(
        network=job.network, seed=job.seed, factor=job.factor, result=small, shifted=shifted
    )


def is_sick(result: RunResult) -> bool:
    """Whether it broke off, or ended with more wrong answers than right ones."""
    return result.state != "completed" or result.history[-1].val_accuracy < SICK


def is_good(result: RunResult) -> bool:
    """Whether it ended with nearly all answers right."""
    return result.state == "completed" and result.history[-1].val_accuracy >= GOOD


def network(number: int, params: Params, known: dict[Job, Kept]) -> Network:
    """A network's row of the study."""
    kept = known[Job(number)]
    result = kept.result
    again = [known[job] for seed in FRESH_SEEDS if (job := Job(number, seed)) in known]
    slower, faster = (known.get(Job(number, factor=factor)) for factor in FACTORS)
    assert result.n_parameters is not None
    return Network(
        params=params,
        n_parameters=result.n_parameters,
        diverged=result.state != "completed",
        early=seen(result.history[min(EARLY, len(result.history)) - 1]),
        end=seen(result.history[-1]).replace(metrics=result.health.values()),
        test_accuracy=result.test_accuracy,
        shifted=kept.shifted,
        again=tuple(reached(each) for each in again),
        slower=reached(slower) if slower else None,
        faster=reached(faster) if faster else None,
    )


def seen(epoch: EpochRecord) -> Look:
    """What the run showed after an epoch."""
    return Look(accuracy=epoch.val_accuracy, loss=epoch.train_loss, metrics=epoch.health)


def reached(kept: Kept) -> float:
    """Its validation accuracy; nothing for one that broke off."""
    return kept.result.accuracy or 0.0


def tell(study: Study) -> None:
    """Print every answer with its numbers."""
    from hpolab.study.findings import findings

    for finding in findings(study):
        print(f"\n{finding.question}\n  {finding.answer}")
        for measure in finding.measures:
            interval = f"{measure.value:+.2f} [{measure.low:+.2f}, {measure.high:+.2f}]"
            print(f"  {measure.name:<58} {interval}  n = {measure.n}")


if __name__ == "__main__":
    main(sys.argv[1:])
