"""The algorithms do what the papers that they name say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpolab.evolution import Acor, Annealing, DifferentialEvolution, Genetic, Pso, RingPso, Shade
from hpolab.evolution.acor import mean_distances
from hpolab.evolution.differential import crossed, others
from hpolab.evolution.genetic import polynomial_step, spread_factors

BOX = [(-10.0, 10.0)] * 3


def begun(algorithm, fitness=lambda points: (points**2).sum(axis=1)):
    """An algorithm that has been told its first generation, which is given too."""
    points = algorithm.ask()
    algorithm.tell(points, fitness(points))
    return algorithm, points


def test_the_defaults_of_particles_are_the_constriction_of_clerc_and_kennedy():
    phi = 2.05 + 2.05
    chi = 2 / abs(2 - phi - np.sqrt(phi**2 - 4 * phi))  # equation 4.21 with kappa 1
    swarm = Pso(BOX)
    assert swarm.parameters.inertia == pytest.approx(chi, abs=1e-4)
    assert swarm.parameters.own_pull == pytest.approx(2.05 * chi, abs=1e-4)
    assert swarm.parameters.swarm_pull == swarm.parameters.own_pull


def test_a_particle_without_pulls_keeps_its_shrinking_course():
    swarm, first = begun(Pso(BOX, seed=1, own_pull=0, swarm_pull=0, inertia=0.1))
    second = swarm.ask()
    swarm.tell(second, np.zeros(len(second)))
    third = swarm.ask()
    inside = (np.abs(second) < 10) & (np.abs(third) < 10)
    assert inside.any()
    assert np.allclose((third - second)[inside], 0.1 * (second - first)[inside])


@pytest.mark.parametrize("kind", [Pso, RingPso])
def test_a_particle_that_leaves_stops_at_the_bound(kind):
    swarm, _ = begun(kind(BOX, seed=1), lambda points: -points.sum(axis=1))
    for _ in range(60):
        points = swarm.ask()
        assert (swarm._velocities[np.abs(points) == 10] == 0).all()
        swarm.tell(points, -points.sum(axis=1))
    assert (points == 10).any()
    assert swarm.best_error == -30


def test_a_ring_tells_the_best_place_one_neighbour_further_each_generation():
    swarm = RingPso([(0, 1)] * 2, seed=1, population=9, own_pull=0, inertia=0)
    points = swarm.ask()
    errors = np.full(9, 1.0)
    errors[4] = 0
    swarm.tell(points, errors)
    moved = (swarm.ask() != points).any(axis=1)
    assert set(np.flatnonzero(moved)) >= {3, 5}
    star = points[4]
    nearer = np.abs(swarm.ask() - star).sum(axis=1) < np.abs(points - star).sum(axis=1)
    assert nearer[[3, 5]].all()


@given(st.integers(4, 12), st.integers(0, 2**32))
def test_others_differ_from_each_other_and_from_oneself(count, seed):
    drawn = others(np.random.default_rng(seed), count, (count,) * 3)
    rows = np.stack([np.arange(count), *drawn])
    assert ((rows >= 0) & (rows < count)).all()
    assert all(len(set(column)) == 4 for column in rows.T)


def test_every_three_others_are_equally_likely():
    rng = np.random.default_rng(0)
    seen = {}
    for _ in range(12_000):
        trio = tuple(int(one[0]) for one in others(rng, 5, (5,) * 3))
        seen[trio] = seen.get(trio, 0) + 1
    assert len(seen) == 24
    assert max(abs(times - 500) for times in seen.values()) < 5 * np.sqrt(500)


def test_a_trial_of_differential_evolution_is_a_base_and_a_weighted_difference():
    # Storn and Price 1997, equation 4, with every number from the mutant
    search, points = begun(DifferentialEvolution(BOX, seed=4, population=4, crossover=1))
    trials = search.ask()
    for i, trial in enumerate(trials):
        a_b_c = [k for k in range(4) if k != i]
        mutants = [
            points[a] + 0.5 * (points[b] - points[c])
            for a in a_b_c
            for b in a_b_c
            for c in a_b_c
            if len({a, b, c}) == 3
        ]
        midway = [np.isclose(trial, (points[i] + bound) / 2) for bound in (-10, 10)]
        assert any(
            all(
                repaired if abs(number) > 10 else number == pytest.approx(tried)
                for number, tried, repaired in zip(
                    mutant, trial, np.any(midway, axis=0), strict=True
                )
            )
            for mutant in mutants
        )


@pytest.mark.parametrize("crossover", [0.0, 0.3, 1.0])
def test_binomial_crossover_takes_its_share_and_one_number_always(crossover):
    old, new = np.zeros((2000, 10)), np.ones((2000, 10))
    trials = crossed(np.random.default_rng(1), old, new, crossover)
    assert trials.any(axis=1).all()
    assert trials.mean() == pytest.approx(crossover + (1 - crossover) / 10, abs=0.02)


def test_differential_evolution_keeps_a_trial_that_is_no_worse():
    search, points = begun(DifferentialEvolution(BOX, seed=4))
    trials = search.ask()
    errors = (points**2).sum(axis=1)
    told = np.where(np.arange(50) % 2, errors, errors + 1)
    search.tell(trials, told)
    expected = np.where((np.arange(50) % 2 == 1)[:, None], trials, points)
    assert (search.population == expected).all()


def test_shade_remembers_the_weighted_lehmer_mean_of_what_paid():
    # Tanabe and Fukunaga 2013, equations 7 to 13
    search, points = begun(Shade(BOX, seed=2, population=6, memory=3))
    trials = search.ask()
    weights, crossovers = search._weights.copy(), search._crossovers.copy()
    errors = (points**2).sum(axis=1)
    gains = np.array([3.0, 1.0, 0, 0, -1, 2])
    search.tell(trials, errors - gains)
    share = np.maximum(gains, 0) / 6
    assert search._weight_memory[0] == pytest.approx(
        (share * weights**2).sum() / (share * weights).sum()
    )
    assert search._crossover_memory[0] == pytest.approx((share * crossovers).sum())
    assert search._weight_memory[1:].tolist() == [0.5, 0.5]
    assert (search._archive == points[[0, 1, 5]]).all()


def test_shade_draws_weights_from_a_cauchy_distribution_above_zero():
    search = Shade(BOX, seed=3)
    weights = search._drawn_weights(np.full(40_000, 0.5))
    assert weights.min() > 0
    assert weights.max() == 1
    above_zero = 0.5 + np.arctan(5) / np.pi
    for at in (0.3, 0.5, 0.8):
        below = 0.5 + np.arctan((at - 0.5) / 0.1) / np.pi
        expected = (below - (1 - above_zero)) / above_zero
        assert (weights < at).mean() == pytest.approx(expected, abs=0.01)


def test_the_spread_of_simulated_binary_crossover_has_debs_distribution():
    # Deb and Agrawal 1995: half of the children lie between their parents
    spread = spread_factors(np.linspace(0, 1, 10_001)[:-1], 15.0)
    assert (spread <= 1).mean() == pytest.approx(0.5, abs=1e-3)
    for at in (0.8, 0.95):
        assert (spread < at).mean() == pytest.approx(0.5 * at**16, abs=1e-3)
        assert (spread > 1 / at).mean() == pytest.approx(0.5 * at**16, abs=1e-3)


def test_two_children_have_the_middle_of_their_parents():
    search = Genetic(BOX, seed=5, mutation_probability=0)
    first, second = search._scattered(20), search._scattered(20)
    children = search._crossed(first, second)
    assert np.allclose(children[:20] + children[20:], first + second)
    assert (children != np.concatenate([first, second])).any()
    nearer_first = np.abs(children[:20] - first) < np.abs(children[:20] - second)
    assert (~nearer_first).mean() == pytest.approx(0.9 * 0.25, abs=0.15)  # they changed sides


@given(st.floats(0, 1), st.floats(0, 1, exclude_max=True), st.floats(0, 100))
def test_a_polynomial_mutation_stays_within_the_bounds(height, chance, index):
    step = polynomial_step(np.array([height]), np.array([chance]), index)
    assert -1e-9 <= height + step[0] <= 1 + 1e-9


def test_a_polynomial_mutation_in_the_middle_has_debs_quantiles():
    # Deb 2001, section 4.3: (2 u)^(1 / (index + 1)) - 1, where the bounds are out of reach
    chance = np.array([0.1, 0.25, 0.4])
    steps = polynomial_step(np.full(3, 0.5), chance, 1000.0)
    assert np.allclose(steps, (2 * chance) ** (1 / 1001) - 1, rtol=1e-3)
    mirrored = polynomial_step(np.full(3, 0.5), 1 - chance, 1000.0)
    assert np.allclose(mirrored, -steps)


def test_the_best_of_parents_and_children_survive():
    search, points = begun(Genetic(BOX, seed=5, population=10))
    children = search.ask()
    search.tell(children, (children**2).sum(axis=1))
    everyone = np.concatenate([points, children])
    best = everyone[(everyone**2).sum(axis=1).argsort()][:10]
    assert (search.population == best).all()


@given(st.integers(2, 20), st.integers(0, 2**32), st.sampled_from([1e-9, 1.0, 1e6]))
def test_mean_distances_are_those_of_all_pairs(count, seed, width):
    points = 3e3 + width * np.random.default_rng(seed).random((count, 3))
    pairs = np.abs(points[:, None] - points[None]).sum(axis=1) / (count - 1)
    assert np.allclose(mean_distances(points), pairs, rtol=1e-6, atol=1e-12 * width)


def test_ants_choose_guides_by_rank_as_socha_and_dorigo_weigh_them():
    # equation 9: a Gaussian of the rank with mean 1 and deviation q k
    colony = Acor(BOX, archive=10, locality=0.3, ants=1)
    ranks = np.arange(10)
    weights = np.exp(-(ranks**2) / (2 * 0.3**2 * 10**2))
    assert np.allclose(np.diff(colony._odds, prepend=0), weights / weights.sum())


def test_ants_search_as_widely_as_evaporation_times_the_mean_distance():
    colony = Acor([(-1e6, 1e6)] * 3, seed=6, ants=9000, archive=5, locality=1e-6)
    points = colony.ask() / 1e6  # far from the bounds
    colony.tell(points, (points**2).sum(axis=1))
    ants = colony.ask()
    archive = points[(points**2).sum(axis=1).argsort()]
    assert np.allclose(ants.std(axis=0), 0.85 * mean_distances(archive)[0], rtol=0.05)
    assert np.allclose(ants.mean(axis=0), archive[0], atol=0.05 * ants.std(axis=0).max())


def test_annealing_accepts_uphill_steps_by_the_rule_of_metropolis():
    search = Annealing(BOX, seed=1, chains=5000, evaluations=10**9, exchange=10**9)
    search.tell(search.ask(), np.arange(5000.0) % 2)  # half a unit from the median on average
    before = search.population
    search.tell(search.ask(), search._errors + 0.5)
    stayed = (search.population == before).all(axis=1)
    assert search.temperature == pytest.approx(0.5, rel=1e-3)
    assert 1 - stayed.mean() == pytest.approx(np.exp(-1), abs=0.03)


def test_annealing_cools_geometrically_to_its_end_and_stays_cold():
    search = Annealing.planned(BOX, budget=1000, seed=1, final_temperature=1e-6)
    temperatures = {}
    while search.evaluations < 1500:
        points = search.ask()
        search.tell(points, points[:, 0] ** 2)
        temperatures[search.evaluations] = search.temperature
    warmest = search._warmest
    assert temperatures[500] == pytest.approx(warmest * 1e-3)
    assert temperatures[1000] == temperatures[1500] == pytest.approx(warmest * 1e-6)
