from __future__ import annotations

import pytest

from hpolab.errors import ConfigError
from hpolab.race import FAMILIES, RaceConfig
from hpolab.sandbox import OwnFunction
from hpolab.storage.plain_yaml import parse_yaml, to_yaml

OWN = OwnFunction(source="def fitness(x): return 1.0", dimensions=4)


def test_one_of_each_family_races_when_nobody_says_otherwise() -> None:
    assert tuple(each.name for each in RaceConfig().contenders) == FAMILIES


def test_a_config_goes_through_yaml_unchanged() -> None:
    asked = RaceConfig(
        function="ackley",
        contenders=("pso", {"algorithm": "pso", "parameters": {"inertia": 0.4}, "label": "slow"}),
        budget=500,
        rotated=True,
    )
    assert RaceConfig.parse(parse_yaml(to_yaml(asked.to_dict()), named="config.yaml")) == asked
    own = RaceConfig(fitness=OWN)
    assert RaceConfig.parse(own.to_json()) == own


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"function": "rastrign"}, "did you mean 'rastrigin'"),
        ({"function": "rosenbrock", "dimensions": 1}, "dimensions"),
        ({"contenders": ("shad",)}, "did you mean 'shade'"),
        ({"contenders": ("pso", "pso")}, "give each a label"),
        ({"contenders": ({"algorithm": "pso", "parameters": {"inertia": 7}},)}, "inertia"),
        ({"fitness": OWN, "function": "sphere"}, "leave function"),
        ({"contenders": ()}, "contenders"),
    ],
)
def test_what_cannot_be_raced_is_refused_in_words(asked: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        RaceConfig(**asked)


def test_scenes_come_first_and_every_contender_runs_every_seed() -> None:
    config = RaceConfig(contenders=("pso", "de"), seeds=3)
    heats = config.heats()
    assert [heat.number for heat in heats] == list(range(8))
    assert [heat.is_scene for heat in heats] == [True, True] + [False] * 6
    assert {(heat.contender, heat.seed) for heat in heats[2:]} == {
        (contender, seed) for contender in (0, 1) for seed in (0, 1, 2)
    }


def test_an_own_function_has_a_goal_only_where_something_is_known_of_it() -> None:
    assert RaceConfig(fitness=OWN).goal is None
    assert RaceConfig(fitness=OWN.replace(optimum=2.0)).goal == 1e-8
    assert RaceConfig(fitness=OWN.replace(target=3.0, optimum=2.0)).goal == 1.0
    highest = OWN.replace(target=7.0, direction="maximize")
    assert RaceConfig(fitness=highest).goal == -7.0
    assert RaceConfig(fitness=highest).shown(-7.5) == 7.5


def test_an_own_function_is_shown_in_two_dimensions_where_its_bounds_allow() -> None:
    assert RaceConfig(fitness=OWN).scene_fitness == OWN.replace(dimensions=2)
    bounded = OWN.replace(low=(-1.0, -2.0, -3.0, -4.0))
    assert not RaceConfig(fitness=bounded).has_scenes
