"""How well a row of damped springs, set by x, comes to rest: small is good."""

import math

import numpy as np

STEPS = np.linspace(0.0, 3.0, 60)


def swing(stiffness, damping):
    """Where a spring is over time that was let go at 1."""
    rate = math.sqrt(max(stiffness - damping**2, 1e-9))
    return np.exp(-damping * STEPS) * np.cos(rate * STEPS)


def fitness(x):
    """Swinging of all springs together, and the price of stiffness and of damping."""
    half = len(x) // 2
    total = 0.0
    for stiffness, damping in zip(x[:half], x[half:]):
        total += np.mean(swing(stiffness, damping) ** 2) + 0.01 * damping**2 + 0.003 * stiffness
    return total + 0.2 / (0.1 + np.var(x[:half]))  # springs that swing alike shake the table
