from __future__ import annotations

import subprocess
import sys

import pytest

from hpolab.errors import ConfigError
from hpolab.frozen import Frozen
from hpolab.search.options import (
    PRUNERS,
    SAMPLERS,
    Hyperband,
    Median,
    PrunerSpec,
    SamplerSpec,
    Tpe,
)


class Holder(Frozen):
    sampler: SamplerSpec = SamplerSpec()
    pruner: PrunerSpec = PrunerSpec()


def test_a_plain_name_is_a_sampler_with_its_defaults() -> None:
    assert SamplerSpec.parse("tpe") == SamplerSpec()
    assert SamplerSpec.parse("tpe").options == Tpe()
    assert Holder.parse({"pruner": "hyperband"}).pruner.options == Hyperband()


def test_options_stand_beside_the_name() -> None:
    spec = SamplerSpec.parse({"name": "tpe", "n_startup_trials": 8})
    assert spec.options == Tpe(n_startup_trials=8)
    assert PrunerSpec.parse({"warmup_epochs": 3}).options == Median(warmup_epochs=3)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_is_read_back_from_what_it_writes(name: str) -> None:
    spec = SamplerSpec.parse(name)
    assert spec.to_dict()["name"] == name
    assert SamplerSpec.parse(spec.to_dict()) == spec
    assert SamplerSpec.parse(spec.to_json()) == spec
    assert Holder.parse(Holder(sampler=spec).to_json()).sampler == spec


@pytest.mark.parametrize("name", PRUNERS)
def test_a_pruner_is_read_back_from_what_it_writes(name: str) -> None:
    spec = PrunerSpec.parse(name)
    assert PrunerSpec.parse(spec.to_dict()) == spec


def test_a_spec_can_be_replaced_like_any_record() -> None:
    spec = SamplerSpec().replace(options=Tpe(n_startup_trials=3))
    assert spec.options == Tpe(n_startup_trials=3)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"sampler": "tep"}, "sampler.name", "did you mean 'tpe'"),
        ({"sampler": {"name": "tpe", "startup": 3}}, "sampler.startup", "n_startup_trials"),
        ({"sampler": {"name": "random", "points": 3}}, "sampler.points", "no such setting"),
        ({"sampler": {"name": "tpe", "n_candidates": 0}}, "sampler.n_candidates", "got 0"),
        ({"sampler": {"name": "qmc", "sequence": "soboll"}}, "sampler.sequence", "'halton'"),
        ({"pruner": "medium"}, "pruner.name", "did you mean 'median'"),
        (
            {"pruner": {"name": "hyperband", "min_epochs": 5, "max_epochs": 2}},
            "pruner.max_epochs",
            "`min_epochs <= max_epochs`",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(
    data: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        Holder.parse(data)
    assert caught.value.field == field


def test_options_of_another_sampler_are_refused() -> None:
    with pytest.raises(ConfigError, match="not options of random"):
        SamplerSpec.parse({"name": "random", "options": Tpe()})


def test_importing_the_package_and_checking_a_space_loads_no_optuna() -> None:
    code = (
        "import sys, hpolab.search, hpolab.search.options\n"
        "from hpolab.space import SearchSpace\n"
        "space = SearchSpace.parse({'a': [1, 2], 'b': {'low': 0.0, 'high': 1.0}})\n"
        "for name in ('tpe', 'random', 'qmc', 'cma-es', 'nsga2', 'pso', 'shade'):\n"
        "    hpolab.search.check(hpolab.search.SamplerSpec.parse(name), space)\n"
        "assert not {'optuna', 'scipy', 'tensorflow'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
