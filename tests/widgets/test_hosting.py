"""What a visitor may ask of a machine that is not theirs."""

import os

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.errors import ConfigError, StoreError
from hpolab.settings import AppSettings
from hpolab.storage.lock import CoordinatorLock
from hpolab.tracing import Example, Subject
from hpolab_widgets import LabState
from hpolab_widgets.hosting import EXAMPLE, Host
from hpolab_widgets.panels import Entrance
from hpolab_widgets.public import PublicHost
from hpolab_widgets.visitors import megabytes, remove_old, running

ANNE, BOB = "a" * 32, "b" * 32


@pytest.fixture
def allowed():
    return AppSettings(
        public=True, trials=10, epochs=5, samples=500, minutes=2, disk_mb=1, sweeps=2,
        datasets=("digits", "mnist"),
    )  # fmt: skip


@pytest.fixture
def host(tmp_path, allowed):
    return PublicHost(root=tmp_path, allowed=allowed)


def place_sweep(host, name="sweep", **changes):
    """A finished sweep in a visitor's folder."""
    fields = {
        "budget": 3,
        "epochs": 2,
        "executor": "hpolab.testing.synthetic:synthetic_inline",
        "pruner": "none",
    }
    return Sweep(SweepConfig(**{**fields, **changes}), path=host.sweeps_dir / name).run()


@pytest.mark.parametrize(
    ("asked", "field", "limit"),
    [
        ({"budget": 11}, "budget.trials", "at most 10"),
        ({"budget": {"trials": 5, "seconds": 121}}, "budget.seconds", "at most 120"),
        ({"epochs": 6}, "epochs", "at most 5"),
        (
            {"dataset": {"name": "digits", "max_samples": 501}},
            "dataset.max_samples",
            "at most 500",
        ),
        ({"dataset": "imdb"}, "dataset.name", "digits, mnist"),
        ({"dataset": {"name": "digits", "directory": "/data"}}, "dataset.directory", "not taken"),
        ({"dataset": {"name": "images", "path": "/data"}}, "dataset.path", "not taken"),
        ({"model": "os:system"}, "model", "not taken"),
        ({"space": {"filters": 100_000}}, "space.filters", "at most 24"),
        ({"space": {"filters": {"low": 6, "high": 4096}}}, "space.filters", "at most 24"),
        ({"space": {"dense_units": [8, 10**9]}}, "space.dense_units", "at most 128"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_with_its_field_and_the_limit(host, asked, field, limit):
    with pytest.raises(ConfigError, match=limit) as refusal:
        host.welcome(ANNE).check(SweepConfig.parse({"budget": 5, "epochs": 3, **asked}))
    assert refusal.value.field == field


def test_what_is_left_open_is_filled_in_to_keep_the_limits(host, monkeypatch):
    monkeypatch.setattr(Sweep, "start", lambda self, **_: self)
    asked = SweepConfig.parse(
        {"budget": {"trials": None, "epochs": 9}, "epochs": 3, "executor": "mine:executor"}
    )
    config = host.welcome(ANNE).start(asked).config
    assert (config.budget.trials, config.budget.seconds, config.budget.epochs) == (10, 120, 9)
    assert config.dataset.max_samples == 500
    assert (config.executor.name, config.executor.workers) == ("process", 1)


def test_each_visitor_has_a_folder_and_sees_no_other(host):
    anne, bob = host.welcome(ANNE), host.welcome(BOB)
    sweep = place_sweep(anne)
    assert anne.newest().path == sweep.path
    assert bob.newest() is None
    with pytest.raises(ConfigError, match="no such sweep of yours"):
        LabState(Sweep.follow(sweep.path), host=bob)


@pytest.mark.parametrize("visitor", ["", "../../etc", "A" * 32, "a" * 31, "a" * 33, 7, None])
def test_whoever_comes_with_anything_but_a_number_is_not_let_in(host, visitor):
    entrance = Entrance(LabState(host=host))
    entrance.wish("arrive", visitor=visitor)
    assert "32 hexadecimal digits" in entrance.problem
    assert entrance.lab.host.visitor == ""


def test_a_visitor_who_comes_back_finds_the_newest_sweep(host):
    place_sweep(host.welcome(ANNE), "first")
    newest = place_sweep(host.welcome(ANNE), "second")
    os.utime(newest.folder.config, (2**31, 2**31))
    lab = LabState(Sweep.follow(EXAMPLE), host=host)
    Entrance(lab).wish("arrive", visitor=ANNE)
    assert lab.sweep.sweep.path == newest.path


def test_a_new_visitor_stays_with_the_example(host):
    lab = LabState(Sweep.follow(EXAMPLE), host=host)
    Entrance(lab).wish("arrive", visitor=BOB)
    assert lab.sweep.sweep.path == EXAMPLE
    assert lab.host.visitor == BOB


def test_a_page_that_is_drawn_again_does_not_move_its_visitor(host):
    place_sweep(host.welcome(ANNE))
    lab = LabState(host=host)
    entrance = Entrance(lab)
    entrance.wish("arrive", visitor=ANNE)
    lab.show(None)
    entrance.wish("arrive", visitor=BOB)
    assert (lab.sweep, lab.host.visitor) == (None, ANNE)


def test_a_visitor_who_has_as_many_running_as_allowed_waits(host):
    anne = host.welcome(ANNE)
    sweep = place_sweep(anne)
    with (
        CoordinatorLock(sweep.folder.lock),
        pytest.raises(ConfigError, match="1 running, which is the limit"),
    ):
        anne.start(SweepConfig(budget=2, epochs=1))


def test_a_machine_whose_places_are_taken_says_so(host):
    one, two = place_sweep(host.welcome("c" * 32)), place_sweep(host.welcome(BOB))
    with CoordinatorLock(one.folder.lock), CoordinatorLock(two.folder.lock):
        assert running(host.root) == 2
        with pytest.raises(ConfigError, match="all 2 places are taken"):
            host.welcome(ANNE).start(SweepConfig(budget=2, epochs=1))


def test_a_visitor_whose_disk_is_full_is_told_what_to_do(host):
    anne = host.welcome(ANNE)
    (place_sweep(anne).path / "large").write_bytes(bytes(1_100_000))
    assert megabytes(anne.sweeps_dir) > 1
    with pytest.raises(ConfigError, match="MB of 1; delete some"):
        anne.start(SweepConfig(budget=2, epochs=1))


def test_nobody_starts_a_sweep_before_it_is_known_who_it_is(host):
    with pytest.raises(ConfigError, match="not ready yet"):
        host.start(SweepConfig(budget=2, epochs=1))


def test_a_sweep_is_not_extended_beyond_the_limits(host):
    anne = host.welcome(ANNE)
    shown = LabState(place_sweep(anne), host=anne).sweep.sweep
    with CoordinatorLock(shown.folder.lock):
        shown.extend(trials=7)
        with pytest.raises(ConfigError, match=r"budget.trials: at most 10 here; got 18"):
            shown.extend(trials=8)
    assert shown.folder.commands.read_text().count("extend") == 1


def test_messages_to_visitors_name_no_path_of_the_host(host):
    told = "/srv/lab/sweeps/visitors/abc/digits is not empty; see C:\\lab\\log.txt, or 3/4 of it."
    assert host.worded(told) == "…/digits is not empty; see …/log.txt, or 3/4 of it."
    assert host.worded(f"{host.sweeps_dir / 'one'} is gone") == "one is gone"
    assert Host().worded(told) == told


def test_sweeps_of_visitors_who_stay_away_are_removed_unless_they_run(host, tmp_path):
    old, running_one = place_sweep(host.welcome(ANNE)), place_sweep(host.welcome(BOB))
    (tmp_path / "visitors" / "not-a-visitor").mkdir()
    with CoordinatorLock(running_one.folder.lock):
        assert remove_old(tmp_path, days=14, now=old.folder.journal.stat().st_mtime + 100) == 0
        assert remove_old(tmp_path, days=14, now=2**33) == 1
    assert {path.name for path in (tmp_path / "visitors").iterdir()} == {BOB, "not-a-visitor"}


def test_one_s_own_machine_has_no_limits_and_names_what_is_nameless(tmp_path, monkeypatch):
    monkeypatch.setattr(Sweep, "start", lambda self, **_: self)
    config = SweepConfig(budget=10_000, epochs=1000, executor="mine:executor")
    sweep = Host(sweeps_dir=tmp_path).start(config)
    assert sweep.path.parent == tmp_path
    assert sweep.config.budget.trials == 10_000


def test_a_sweep_without_a_name_is_made_in_the_hosts_directory(tmp_path, make_config, monkeypatch):
    monkeypatch.setattr(Sweep, "start", lambda self: self)
    host = Host(sweeps_dir=tmp_path / "here")
    assert host.start(make_config(name="")).path.parent == host.sweeps_dir


def test_visitors_share_the_places_from_which_networks_are_looked_into(tmp_path, allowed):
    host = PublicHost(root=tmp_path, allowed=allowed.model_copy(update={"lookers": 1}))
    asked = Subject(model=tmp_path / "none.keras"), Example(text="hello")
    anne, bob = host.welcome(ANNE).tracer(), host.welcome(BOB).tracer()
    try:
        with pytest.raises(StoreError):  # it has a place, and there is no such network
            anne.ask(*asked)
        with pytest.raises(ConfigError, match="try again in some minutes"):
            bob.ask(*asked)
    finally:
        anne.close()
        bob.close()
