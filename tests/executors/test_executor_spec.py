from __future__ import annotations

import subprocess
import sys

import pytest

from hpolab.errors import ConfigError
from hpolab.executors import DaskSpec, ExecutorSpec, check_executor, make
from hpolab.executors.inline import InlineExecutor
from hpolab.executors.process import ProcessExecutor
from hpolab.settings import settings
from hpolab.testing.recorder import Recorder, order


def test_a_plain_name_is_a_spec():
    assert ExecutorSpec.parse("inline") == ExecutorSpec(name="inline")
    assert ExecutorSpec.model_validate("process") == ExecutorSpec()
    assert ExecutorSpec.parse({"name": "process", "workers": 3}).slots == 3


def test_a_spec_survives_json():
    spec = ExecutorSpec(workers=2, recycle_after=3, memory_limit_mb=500)
    assert ExecutorSpec.parse(spec.to_json()) == spec


def test_slots_follow_the_machine_when_nothing_is_said():
    assert ExecutorSpec().slots == settings().workers
    assert ExecutorSpec(name="inline").slots == 1


def test_an_unknown_name_is_refused_with_the_nearest_known():
    with pytest.raises(ConfigError, match="did you mean 'process'") as caught:
        ExecutorSpec.parse("proces")
    assert caught.value.field == "name"


def test_inline_with_workers_is_refused():
    with pytest.raises(ConfigError, match="one trial at a time") as caught:
        ExecutorSpec.parse({"name": "inline", "workers": 2})
    assert caught.value.field == "workers"


def test_a_dask_cluster_is_named_by_its_address_or_started_here():
    there = ExecutorSpec.parse({"name": "dask", "dask": {"address": "tcp://10.0.0.7:8786"}})
    assert there.dask == DaskSpec(address="tcp://10.0.0.7:8786")
    assert ExecutorSpec.parse(there.to_json()) == there
    assert ExecutorSpec.parse("dask").dask is None


@pytest.mark.parametrize(
    ("options", "takes_cores"),
    [(None, True), ({}, True), ({"address": "tcp://10.0.0.7:8786"}, False)],
)
def test_a_cluster_elsewhere_takes_no_cores_of_this_machine(options, takes_cores):
    assert ExecutorSpec.parse({"name": "dask", "dask": options}).takes_cores is takes_cores


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"name": "process", "dask": {}}, "dask", "settings of the executor dask"),
        ({"name": "dask", "dask": {"address": "10.0.0.7"}}, "dask.address", "tcp://HOST:PORT"),
        ({"name": "dask", "dask": {"adress": "tcp://a:1"}}, "dask.adress", "no such setting"),
        ({"name": "dask", "dask": {"patience_seconds": 0}}, "dask.patience_seconds", "greater"),
    ],
)
def test_what_is_wrong_with_dask_settings_is_named(data, field, words):
    with pytest.raises(ConfigError, match=words) as caught:
        ExecutorSpec.parse(data)
    assert caught.value.field == field


def test_dask_that_is_not_installed_is_said_before_anything_starts(monkeypatch):
    monkeypatch.setattr("hpolab.executors.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'hpolab\[dask\]'"):
        check_executor(ExecutorSpec(name="dask"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_module:make", "no_such_module"),
        ("hpolab.testing.synthetic:nothing", "nothing"),
        ("hpolab.testing.synthetic:WORK", "not a function"),
    ],
)
def test_a_factory_that_cannot_be_called_is_refused_before_anything_starts(name, words):
    with pytest.raises(ConfigError, match=words):
        check_executor(ExecutorSpec(name=name))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("synthetic_process", ProcessExecutor), ("synthetic_inline", InlineExecutor)],
)
def test_a_factory_by_name_makes_an_executor_that_runs(tmp_path, name, kind):
    spec = ExecutorSpec(name=f"hpolab.testing.synthetic:{name}", workers=1)
    seen = Recorder()
    with make(spec) as executor:
        assert isinstance(executor, kind)
        executor.submit(order(tmp_path))
        seen.follow_to_end(executor)
    assert seen.result().state == "completed"


def test_the_names_of_the_house_make_executors():
    with make(ExecutorSpec(name="inline")) as inline:
        assert isinstance(inline, InlineExecutor)
    with make(ExecutorSpec(workers=3)) as process:
        assert isinstance(process, ProcessExecutor)
        assert process.slots == 3


def test_importing_executors_loads_nothing_heavy():
    code = (
        "import sys, hpolab.executors.process, hpolab.executors.inline, hpolab.executors.dask;"
        "import hpolab.testing.synthetic;"
        "heavy = {'tensorflow', 'keras', 'optuna', 'sklearn', 'PIL', 'dask', 'distributed'};"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
