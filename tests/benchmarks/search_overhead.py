"""How long the search thinks per trial: ask, ten reports and tell, in milliseconds of CPU time.

Run ``python tests/benchmarks/search_overhead.py [sampler ...]``. Bars for tpe on two cores: 10 ms
a trial at 200 trials, 25 ms at 1,000. CPU time, so that other work on the machine counts little.
"""

from __future__ import annotations

import statistics
import sys
import time

from hpolab.models.spaces import CNN
from hpolab.search import PrunerSpec, SamplerSpec, Search

EPOCHS = 10
WINDOW = 20


def milliseconds_per_trial(sampler: str, pruner: str, *, upto: int) -> dict[int, float]:
    """Median of the ``WINDOW`` trials before each hundred."""
    search = Search(
        CNN,
        sampler=SamplerSpec.parse(sampler),
        pruner=PrunerSpec.parse(pruner),
        seed=1,
        epochs=EPOCHS,
    )
    seconds = []
    for number in range(upto):
        start = time.process_time()
        params = search.ask(number)
        dropout = params["dropout"]
        assert isinstance(dropout, float)
        score = (number * 7 % 11) / 20 + dropout
        for epoch in range(1, EPOCHS + 1):
            search.report(number, epoch, score * epoch / EPOCHS)
        search.tell(number, score, "completed")
        seconds.append(time.process_time() - start)
    return {n: 1e3 * statistics.median(seconds[n - WINDOW : n]) for n in range(100, upto + 1, 100)}


def main() -> None:
    for sampler in sys.argv[1:] or ["tpe", "random", "qmc", "cma-es", "nsga2"]:
        for pruner in ("none", "median", "hyperband"):
            figures = milliseconds_per_trial(sampler, pruner, upto=1000)
            at = ", ".join(f"{figures[n]:5.1f} ms at {n}" for n in (100, 200, 500, 1000))
            print(f"{sampler:8} {pruner:10} {at}")


if __name__ == "__main__":
    main()
