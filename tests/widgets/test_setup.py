"""The setup panel without a browser: what is wished, and what is drawn."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.errors import ConfigError
from hpolab_widgets import LabState, Setup
from hpolab_widgets.hosting import Host

SYNTHETIC = "hpolab.testing.synthetic:synthetic_inline"


@pytest.fixture
def host(tmp_path):
    return Host(sweeps_dir=tmp_path / "sweeps")


@pytest.fixture
def setup(host):
    return Setup(LabState(host=host))


async def settled(setup, *, until, seconds=60):
    """Wait until something holds, as the kernel's loop goes on."""
    async with asyncio.timeout(seconds):
        while not until(setup):
            await asyncio.sleep(0.02)


def test_an_empty_form_asks_for_the_defaults(setup):
    assert setup.config == SweepConfig()
    assert setup.view["errors"] == {}
    assert setup.view["preset"] == "standard"
    assert setup.view["parts"] == [1297, 230, 270]


def test_every_error_stands_beside_its_field_and_the_others_are_still_found(setup):
    setup.form = {
        "epochs": "many",
        "budget": {"trials": 0},
        "dataset": {"validation": 3},
        "space": {"learning_rate": {"low": -1}, "filter": 3},
        "sampler": {"name": "tp"},
        "name": "a/b",
    }

    assert {
        "epochs", "budget.trials", "dataset.validation", "space.learning_rate", "space.filter",
        "sampler.name", "name",
    } == set(setup.view["errors"])  # fmt: skip
    assert setup.view["yaml"] == ""
    with pytest.raises(ConfigError, match=r"^name: "):
        _ = setup.config


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"dataset": {"name": "minst"}}, "dataset.name"),
        ({"dataset": {"name": "images"}}, "dataset.path"),
        ({"dataset": {"name": "texts", "path": "nowhere.csv"}}, "dataset.path"),
        ({"model": "lstm"}, "model"),
        ({"model": "resnet"}, "model"),
        ({"model": "mine:build"}, "space"),
        ({"sampler": {"name": "grid"}}, "space.filters"),
        ({"pruner": {"name": "hyperband", "max_epochs": 99}}, "pruner.max_epochs"),
        ({"space": {"kernel_size": [3, 9]}}, "space.kernel_size"),
        ({"space": {"batch_size": 2048}}, "space.batch_size"),
        ({"budget": {"trials": None}}, "budget"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_read(setup, form, field):
    setup.form = form

    errors = setup.view["errors"]
    assert list(errors) in ([field], ["space.dropout"] if field == "space.filters" else [field])


def test_a_note_says_what_a_sampler_cannot_steer(setup):
    setup.form = {"sampler": {"name": "cma-es"}}

    assert "optimizer" in setup.view["notes"][0]


def test_a_preset_makes_the_search_as_long_as_it_says(setup):
    setup.wish("preset", name="thorough")

    assert (setup.config.budget.trials, setup.config.epochs) == (60, 30)
    assert setup.view["preset"] == "thorough"


def test_another_data_set_keeps_the_length_and_drops_what_spoke_of_the_old_one(setup):
    setup.form = {"space": {"kernel_size": 3}, "dataset": {"validation": 0.2}}
    setup.wish("preset", name="quick")

    setup.wish("dataset", name="imdb")

    assert setup.problem == ""
    assert setup.view["preset"] == "quick"
    assert setup.view["model"] == "lstm"
    assert setup.config.dataset.max_samples == 2000
    assert setup.config.dataset.validation == 0.2
    assert setup.config.space == {}
    assert {"vocabulary", "lstm_units"} <= {row["name"] for row in setup.view["rows"]}


@pytest.mark.parametrize(
    ("verb", "details"),
    [
        ("preset", {"name": "endless"}),
        ("preset", {"name": ["quick"]}),
        ("dataset", {"name": "minst"}),
        ("dataset", {"name": None}),
        ("load", {"text": 7}),
        ("load", {"text": "- a list"}),
        ("load", {"text": "a: b: c"}),
        ("copy", {}),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_and_changes_nothing(setup, verb, details):
    setup.wish(verb, **details)

    assert setup.problem
    assert setup.form == {}


def test_a_pasted_file_fills_the_form_with_what_differs_from_the_defaults(setup):
    setup.wish("load", text="dataset: digits\nbudget: 7\nlimits: none\nsampler: random\nseed: 0\n")

    assert setup.form == {
        "budget": {"trials": 7},
        "limits": {"dead_units": None, "vanished_gradients": None},
        "sampler": {"name": "random"},
    }


def test_a_pasted_file_with_a_mistake_fills_the_form_and_marks_the_field(setup):
    setup.wish("load", text="dataset: mnist\nepochs: 0\nbudget: 5\n")

    assert setup.form["budget"] == {"trials": 5}
    assert set(setup.view["errors"]) == {"epochs"}


def test_on_a_sweep_of_its_own_it_starts_from_what_that_was_asked(tmp_path):
    config = SweepConfig(name="old", budget=3, epochs=2, executor=SYNTHETIC, pruner="none")
    Sweep(config, path=tmp_path / "old").run()

    setup = Setup(str(tmp_path / "old"))

    assert setup.config == config.replace(name="")


def test_the_weights_of_the_sliders_can_be_taken(setup):
    setup.lab.weights = setup.lab.weights.with_accuracy(0.4)
    setup.form = {"mode": "simple"}

    setup.wish("weights")

    assert setup.config.mode == "health-aware"
    assert setup.config.weights.accuracy == 0.4


def test_start_starts_the_sweep_and_shows_it(setup, host):
    setup.form = {
        "name": "mine", "budget": {"trials": 2}, "epochs": 2, "executor": {"name": SYNTHETIC},
    }  # fmt: skip

    setup.wish("start")

    assert setup.problem == ""
    assert setup.lab.page == "sweep"
    sweep = setup.lab.sweep.sweep
    assert sweep.path == host.sweeps_dir / "mine"
    assert sweep.wait(timeout=60) == "finished"
    setup.wish("start")
    assert "choose another" in setup.problem


def test_start_within_a_kernel_makes_the_data_ready_first(setup):
    setup.form = {"budget": {"trials": 1}, "epochs": 1, "executor": {"name": SYNTHETIC}}

    async def begin():
        setup.wish("start")
        await settled(setup, until=lambda setup: setup.starting)
        await settled(setup, until=lambda setup: not setup.starting)

    asyncio.run(begin())

    assert setup.problem == ""
    assert setup.lab.sweep.sweep.wait(timeout=60) == "finished"


def test_what_only_the_data_tell_is_said_beside_its_field_at_the_start(setup, tmp_path):
    (tmp_path / "own.csv").write_text("text,label\n" + "good,a\nbad,b\n", encoding="utf-8")
    setup.form = {"dataset": {"name": "texts", "path": str(tmp_path / "own.csv")}}
    assert setup.view["errors"] == {}

    setup.wish("start")

    assert setup.problem
    assert set(setup.view["errors"]) == {"dataset.name"}
    setup.form = {}
    assert setup.view["errors"] == {}


def test_samples_and_sizes_are_read_beside_the_kernel(host):
    async def look():
        setup = Setup(LabState(host=host))
        await settled(setup, until=lambda setup: setup.samples["state"] == "ready")
        setup.close()
        return setup.samples

    samples = asyncio.run(look())

    assert [item["label"] for item in samples["items"]][:10] == list("0123456789")
    assert samples["items"][0]["image"].startswith("data:image/png;base64,")
    assert samples["size"] == [1797, 0]


def test_data_that_are_not_here_are_not_downloaded_unasked(host, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("HPOLAB_DATA_DIR", str(tmp_path))

    async def look():
        setup = Setup(LabState(host=host), form={"dataset": {"name": "mnist"}})
        await settled(setup, until=lambda setup: setup.samples["state"] == "absent")
        setup.close()

    asyncio.run(look())

    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True, kw_only=True)
class Strict(Host):
    def check(self, config):
        if config.epochs > 5:
            raise ConfigError("at most 5 here.", field="epochs")


def test_the_limits_of_the_host_stand_beside_their_fields_and_own_data_are_not_offered(tmp_path):
    setup = Setup(LabState(host=Strict(sweeps_dir=tmp_path, own_data=False)))

    assert setup.view["errors"] == {"epochs": "at most 5 here."}
    assert not [info for info in setup.known["datasets"] if info["own"]]
    setup.wish("dataset", name="images")
    assert "no such data set" in setup.problem


def test_a_closed_panel_reads_nothing_more(host):
    async def look():
        setup = Setup(LabState(host=host))
        setup.close()
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(look()) == set()


def test_choosing_data_loads_no_framework_into_the_kernel():
    code = """
import sys
from hpolab_widgets import Setup
setup = Setup()
for name in ("imdb", "cifar10", "digits"):
    setup.wish("dataset", name=name)
heavy = {"tensorflow", "keras", "optuna", "sklearn", "scipy", "PIL", "torch", "plotly"}
print(*heavy & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.split() == []
