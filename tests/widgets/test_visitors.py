"""What visitors reach through the panels: their own sweeps, within the limits, and no path."""

from __future__ import annotations

import io
import json
import os
import threading
import zipfile

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.errors import ConfigError
from hpolab.settings import AppSettings
from hpolab.storage.folder import CommandTail
from hpolab.storage.lock import CoordinatorLock, held_since
from hpolab_widgets import LabState
from hpolab_widgets.app.keeper import stop_beyond
from hpolab_widgets.hosting import EXAMPLE
from hpolab_widgets.panels import RunControl, Setup, Sweeps, TrialView, WeightSliders
from hpolab_widgets.public import PublicHost

ANNE, BOB = "a" * 32, "b" * 32


@pytest.fixture
def allowed():
    return AppSettings(public=True, trials=30, epochs=10, samples=2000, minutes=2, disk_mb=10)


@pytest.fixture
def host(tmp_path, allowed):
    return PublicHost(root=tmp_path / "root", allowed=allowed).welcome(ANNE)


def place_sweep(host, name="sweep", **changes):
    fields = {
        "budget": 3,
        "epochs": 2,
        "executor": "hpolab.testing.synthetic:synthetic_inline",
        "pruner": "none",
    }
    return Sweep(SweepConfig(**{**fields, **changes}), path=host.sweeps_dir / name).run()


@pytest.fixture
def started(monkeypatch):
    """Sweeps that were begun, in the order of their beginning; none of them really is."""
    begun = []
    monkeypatch.setattr(Sweep, "start", lambda self, **_: begun.append(self) or self)
    return begun


def without_end(sweep):
    """Make the journal that of a sweep that has not ended."""
    lines = sweep.folder.journal.read_text().splitlines()[:-1]
    sweep.folder.journal.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("way", ["extend", "continue", "weights", "setup"])
def test_no_way_to_begin_a_sweep_passes_by_the_places_that_are_taken(host, started, way):
    other, sweep = place_sweep(host, "other"), place_sweep(host)
    if way == "continue":
        without_end(sweep)
    lab = LabState(Sweep.follow(sweep.path), host=host)
    panel = {"extend": RunControl, "continue": Sweeps, "weights": WeightSliders, "setup": Setup}[
        way
    ](lab)
    if way == "setup":
        panel.form = {"budget": {"trials": 2}, "epochs": 2}
    verb, details = {
        "extend": ("extend", {"amount": 1, "unit": "trials"}),
        "continue": ("continue", {"name": "sweep"}),
        "weights": ("continue", {"trials": 1}),
        "setup": ("start", {}),
    }[way]
    with CoordinatorLock(other.folder.lock):
        panel.wish(verb, **details)
        assert "1 running, which is the limit" in panel.problem
    assert started == []
    panel.wish(verb, **details)
    assert panel.problem == ""
    assert len(started) == 1


def test_two_who_begin_at_once_do_not_both_get_the_last_place(host, monkeypatch):
    held, refused = [], []

    def begin(self, **_):
        self.path.mkdir(parents=True)
        (self.path / "config.yaml").write_text("{}")
        held.append(CoordinatorLock(self.folder.lock).__enter__())
        return self

    def ask(name):
        try:
            host.start(SweepConfig(name=name, budget=2, epochs=1))
        except ConfigError as error:
            refused.append(str(error))

    monkeypatch.setattr(Sweep, "start", begin)
    tabs = [threading.Thread(target=ask, args=(f"tab{n}",)) for n in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    for lock in held:
        lock.__exit__()
    assert len(held) == 1
    assert len(refused) == 3


def test_extensions_that_nobody_has_obeyed_yet_count(host):
    sweep = place_sweep(host)
    without_end(sweep)
    with CoordinatorLock(sweep.folder.lock):
        tabs = [RunControl(LabState(Sweep.follow(sweep.path), host=host)) for _ in range(2)]
        for tab in tabs * 3:
            tab.wish("extend", amount=10, unit="trials")
        assert "budget.trials: at most 30 here; got 33" in tabs[0].problem
    sent = CommandTail(sweep.folder.commands).new()[0]
    assert sum(command.trials for command in sent) == 20


@pytest.mark.parametrize(
    "follows",
    ["../{bob}/secret", "{root}/visitors/{bob}/secret", "..", ".", "/", "secret", "linked"],
)
def test_a_sweep_that_is_not_one_s_own_cannot_be_followed(host, tmp_path, follows, started):
    secret = place_sweep(host.welcome(BOB), "secret")
    host.sweeps_dir.mkdir(parents=True)
    (host.sweeps_dir / "linked").symlink_to(secret.path, target_is_directory=True)
    asked = follows.format(bob=BOB, root=host.root)
    panel = Setup(LabState(host=host))
    panel.wish("load", text=f"follows: {json.dumps(asked)}\nbudget: 5\nepochs: 2\n")
    assert panel.view["errors"]["follows"] == "there is no such sweep of yours."
    panel.wish("start")
    assert started == []


def test_the_example_and_one_s_own_sweep_can_be_followed(host, started):
    own = place_sweep(host, dataset={"name": "digits", "max_samples": 300})
    for sweep in (Sweep.follow(own.path), Sweep.follow(EXAMPLE)):
        panel = WeightSliders(LabState(sweep, host=host))
        panel.wish("continue", trials=5)
        assert panel.problem == ""
        asked = started.pop().config
        assert asked.follows == sweep.path
        assert asked.dataset == sweep.config.dataset


def test_a_sweep_of_all_the_examples_is_not_followed_where_so_many_are_not_allowed(host, allowed):
    strict = PublicHost(root=host.root, allowed=allowed.model_copy(update={"samples": 100}))
    panel = WeightSliders(LabState(Sweep.follow(EXAMPLE), host=strict.welcome(ANNE)))
    panel.wish("continue", trials=1)
    assert "dataset.max_samples: at most 100" in panel.problem


def test_what_is_on_the_machine_cannot_be_found_out_by_asking_for_it(host, tmp_path):
    (tmp_path / "there.npz").write_bytes(b"")
    said = []
    for name in ("there.npz", "absent.npz"):
        panel = Setup(LabState(host=host))
        panel.form = {"dataset": {"name": "arrays", "path": str(tmp_path / name)}}
        said.append(panel.view["errors"])
    assert said[0] == said[1] == {"dataset.path": "own data are not taken here."}


def test_only_what_the_host_offers_is_listed(host):
    known = Setup(LabState(host=host)).known
    assert not known["own_data"]
    assert [data["name"] for data in known["datasets"]] == ["digits"]


def test_numbers_cannot_be_hidden_in_words(host):
    with pytest.raises(ConfigError, match="write numbers") as refusal:
        host.check(SweepConfig(budget=2, epochs=1, space={"filters": ["4096"]}))
    assert refusal.value.field == "space.filters"


def test_a_visitor_s_link_to_another_s_sweep_opens_nothing(host):
    secret = place_sweep(host.welcome(BOB), "secret")
    place_sweep(host)
    (host.sweeps_dir / "linked").symlink_to(secret.path, target_is_directory=True)
    panel = Sweeps(LabState(host=host))
    sent = []
    panel.send = lambda *message: sent.append(message)
    for verb, more in (
        ("open", {}), ("continue", {}), ("delete", {}), ("export", {"kind": "zip"}),
    ):  # fmt: skip
        panel.wish(verb, name="linked", **more)
        assert panel.problem
    assert panel.lab.sweep is None
    assert sent == []
    assert secret.folder.config.is_file()


def test_nothing_that_a_visitor_sees_or_takes_home_names_a_place_of_the_host(host, tmp_path):
    first = place_sweep(host, "first", dataset={"name": "digits", "max_samples": 300})
    sweep = Sweep.follow(first.path).continue_with(
        first.config.scoring, trials=1, path=host.sweeps_dir / "second"
    )
    sweep.run()
    trace = (
        f'Traceback (most recent call last):\n  File "{tmp_path}/x.py", line 3, in f\n    y()\n'
    )
    sweep.folder.log.write_text(f"{trace}ValueError: cannot read {tmp_path}/data/x.npz\n")
    lab = LabState(Sweep.follow(sweep.path), host=host)
    lab.opened = 0
    sent = []
    for kind in (RunControl, Setup, Sweeps, TrialView, WeightSliders):
        panel = kind(lab)
        panel.send = lambda content=None, buffers=None, **_: sent.append((content, buffers))
        match kind.__name__:
            case "RunControl":
                panel.log_open = True
                lines = [line for log in panel.view["log"] for line in log["lines"]]
                assert lines == ["ValueError: cannot read …/x.npz"]
            case "Setup":
                panel.wish("copy")
                assert "follows: first\n" in panel.view["yaml"]
            case "Sweeps":
                panel.wish("export", name="second", kind="zip")
                panel.wish("export", name="second", kind="csv")
            case "TrialView":
                for what in ("configuration", "result"):
                    panel.wish("download", what=what)
        assert str(tmp_path) not in json.dumps(panel.get_state(), default=str)
    taken = {content["download"]: buffers[0] for content, buffers in sent if content}
    assert len(taken) >= 3
    with zipfile.ZipFile(io.BytesIO(taken["second.zip"])) as archive:
        archive.extractall(tmp_path / "home")
        taken |= {name: archive.read(name) for name in archive.namelist()}
    for name, content in taken.items():
        assert os.fsencode(tmp_path) not in content, name
    at_home = Sweep.follow(tmp_path / "home" / "second")
    assert len(at_home.leaderboard) == len(sweep.leaderboard)


def test_what_runs_is_stopped_when_its_visitor_s_disk_is_full(host, allowed):
    anne, bob = place_sweep(host), place_sweep(host.welcome(BOB))
    (anne.path / "large").write_bytes(bytes(11_000_000))
    with CoordinatorLock(anne.folder.lock), CoordinatorLock(bob.folder.lock):
        assert stop_beyond(host.root, allowed) == 1
    assert [c.verb for c in CommandTail(anne.folder.commands).new()[0]] == ["stop"]
    assert not bob.folder.commands.exists()


def test_a_pause_does_not_keep_a_place_for_ever(host, allowed):
    sweep = place_sweep(host)
    with CoordinatorLock(sweep.folder.lock):
        now = held_since(sweep.folder.lock)
        assert stop_beyond(host.root, allowed, now=now + 200) == 0
        assert stop_beyond(host.root, allowed, now=now + 300) == 1
    assert stop_beyond(host.root, allowed, now=now + 300) == 0


def test_the_disk_that_all_share_is_not_filled_up(host, allowed):
    place_sweep(host.welcome(BOB))
    full = PublicHost(root=host.root, allowed=allowed.model_copy(update={"total_disk_mb": 1e-6}))
    with pytest.raises(ConfigError, match="all visitors share is full"):
        full.welcome(ANNE).start(SweepConfig(budget=2, epochs=1))
