from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from hpolab.errors import ConfigError
from hpolab.search import PrunerSpec, SamplerSpec, check, describe_pruners, describe_samplers
from hpolab.search.options import PRUNERS, SAMPLERS

if TYPE_CHECKING:
    from hpolab.space import SearchSpace


def checked(sampler: object, space: SearchSpace, pruner: object = "none") -> tuple[str, ...]:
    spec = PrunerSpec.model_validate(pruner)
    return check(SamplerSpec.model_validate(sampler), space, pruner=spec, epochs=6)


def test_a_grid_over_a_continuous_space_names_the_parameter(space: SearchSpace) -> None:
    with pytest.raises(ConfigError, match="option points") as caught:
        checked("grid", space)
    assert caught.value.field == "space.rate"
    assert checked({"name": "grid", "points": 2}, space) == ()


def test_a_grid_that_is_too_large_names_the_option(space: SearchSpace) -> None:
    with pytest.raises(ConfigError, match="lower the sampler's option points") as caught:
        checked({"name": "grid", "points": 60}, space)
    assert caught.value.field == "sampler.points"


def test_cma_es_needs_a_number_that_always_applies(
    space: SearchSpace, small_space: SearchSpace
) -> None:
    with pytest.raises(ConfigError, match="take tpe"):
        checked("cma-es", small_space)
    (note,) = checked("cma-es", space)
    assert note == "cma-es draws optimizer, momentum, flag at random; it cannot steer them."


def test_what_a_sampler_leaves_to_chance_is_said(space: SearchSpace) -> None:
    assert checked("nsga2", space) == ("nsga2 draws momentum at random; it cannot steer them.",)
    assert checked("tpe", space) == checked("qmc", space) == ()


@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is installed")
def test_gp_without_pytorch_says_how_to_install_it(space: SearchSpace) -> None:
    with pytest.raises(ConfigError, match=r"pip install 'hpolab\[gp\]'"):
        checked("gp", space)


@pytest.mark.parametrize("options", [{"max_epochs": 9}, {"min_epochs": 7}])
def test_hyperband_cannot_want_more_epochs_than_there_are(
    space: SearchSpace, options: dict[str, int]
) -> None:
    with pytest.raises(ConfigError, match="only 6 epochs") as caught:
        checked("tpe", space, {"name": "hyperband", **options})
    assert caught.value.field == f"pruner.{next(iter(options))}"


def test_a_pruner_that_will_do_nothing_is_noted(space: SearchSpace) -> None:
    (note,) = checked("tpe", space, {"name": "median", "warmup_epochs": 6})
    assert "will stop no trial" in note
    (note,) = checked("tpe", space, {"name": "hyperband", "min_epochs": 3})
    assert "one bracket" in note


def test_every_sampler_and_pruner_describes_itself_and_all_its_options() -> None:
    described = [*describe_samplers(), *describe_pruners()]
    assert [each.name for each in described] == [*SAMPLERS, *PRUNERS]
    for each in described:
        assert each.summary.endswith(".")
        assert all(option.help and option.rule for option in each.options)


def test_a_described_option_shows_its_default_and_range() -> None:
    tpe = describe_samplers()[0]
    startup = tpe.options[0]
    assert (startup.name, startup.default) == ("n_startup_trials", 10)
    assert startup.rule == "a whole number from 0 to 1000"
