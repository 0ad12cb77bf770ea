"""Honest functions behind the wall: they compute what they would compute without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hpolab.sandbox import OwnFunction, SandboxedFitness

pytestmark = pytest.mark.usefixtures("sandbox")
POINTS = np.random.default_rng(0).uniform(-3, 3, (7, 4))

HONEST = {
    "linear algebra": """
import numpy as np
from numpy.linalg import norm

MATRIX = np.arange(16.0).reshape(4, 4) + 9 * np.eye(4)

def fitness(x):
    y = np.linalg.solve(MATRIX, x)
    values = np.linalg.eigvals(np.outer(x, x) + np.eye(4))
    _, singular, _ = np.linalg.svd(MATRIX @ np.diag(x))
    q, r = np.linalg.qr(MATRIX)
    determinant = np.linalg.det(q @ r) + np.linalg.cond(MATRIX)
    return norm(y) + abs(values).max() + singular[0] + determinant
""",
    "large matrices": """
import numpy as np

def fitness(x):
    matrix = np.sin(np.arange(90_000.0).reshape(300, 300) + x[0])
    return float(np.linalg.slogdet(matrix @ matrix.T + np.eye(300))[1])
""",
    "helpers, closures and comprehensions": '''
"""An honest module."""
import math
import numpy as np

def ridge(width):
    def height(part):
        return math.exp(-(part / width) ** 2)
    return height

class Bowl:
    def __init__(self, depth: float) -> None:
        self.depth = depth

    @property
    def double(self) -> float:
        return 2 * self.depth

RIDGES = [ridge(width) for width in (0.5, 1, 2)]
BOWL = Bowl(3.0)

KNOWN = {}

def factor(n):
    if n not in KNOWN:
        KNOWN[n] = 1 if n < 2 else n * factor(n - 1)
    return KNOWN[n]

def fitness(x):
    names = {f"x{i}": part for i, part in enumerate(x)}
    total = sum(height(part) for height in RIDGES for part in names.values())
    return total + BOWL.double + factor(5) + math.fsum(sorted(x)) + len(f"{x[0]:>10.3f}{x}")
''',
    "random numbers": """
import numpy as np

NOISE = np.random.default_rng(4).normal(size=4)

def fitness(x):
    generator = np.random.default_rng(int(abs(x[0]) * 1000))
    np.random.seed(1)
    own = np.random.default_rng().normal() * 0  # a seed of the system's
    shuffled = generator.permutation(9)
    return float(generator.normal() + NOISE @ x + np.random.rand() + shuffled[0] + own)
""",
    "the rest of numpy": """
import numpy as np

def fitness(x):
    spectrum = np.abs(np.fft.rfft(x))
    line = np.polynomial.polynomial.polyfit(np.arange(4.0), x, 2)
    old = np.polyfit(np.arange(4.0), x, 1)
    return float(
        spectrum.sum() + line.sum() + old[0] + np.median(x) + np.interp(0.3, [0, 1], [x[0], x[1]])
        + np.einsum("i,j->", x, x) + np.convolve(x, [1, 2]).sum() + np.histogram(x, 5)[0].max()
        + np.percentile(x, 30) + np.ma.masked_less(x, 0).count() + np.gradient(x)[0]
        + np.unique(x.round()).size + np.vectorize(abs)(x).sum()
        + np.linalg.matrix_rank(np.outer(x, x)) + np.array(["a", "b"]).size
        + np.log(0.0 * x[0] ** 2 + 1)
    )
""",
    "warnings and errors of its own": """
import numpy as np

def fitness(x):
    try:
        {}["missing"]
    except KeyError:
        pass
    print("at", x)
    root = np.sqrt(-np.abs(x)) / np.zeros(4)
    assert np.isnan(root).all()
    x -= 1  # the point is the function's own
    return float(x.sum())
""",
}


def direct(source: str) -> np.ndarray:
    namespace: dict[str, Any] = {"__name__": "fitness"}
    exec(compile(source, "fitness.py", "exec"), namespace)
    with np.errstate(all="ignore"):
        return np.array([namespace["fitness"](point.copy()) for point in POINTS])


@pytest.mark.parametrize("words", HONEST)
def test_an_honest_function_gives_the_values_it_gives_anywhere(words: str) -> None:
    with SandboxedFitness(OwnFunction(source=HONEST[words], dimensions=4)) as fitness:
        for _ in range(2):
            np.testing.assert_allclose(fitness(POINTS), direct(HONEST[words]), rtol=1e-12)
