"""The race track without a browser: what is chosen, started, followed, and refused."""

from __future__ import annotations

import asyncio
import json
from functools import partial

import pytest

from hpolab.errors import ConfigError
from hpolab.evolution import ALGORITHMS
from hpolab.race import Race, RaceConfig
from hpolab.race.folder import RaceFolder, races_dir, racing_in
from hpolab.race.networks import search_networks
from hpolab.sandbox import sandbox_problem
from hpolab.settings import AppSettings
from hpolab.storage.lock import CoordinatorLock
from hpolab_widgets import LabState, RaceTrack
from hpolab_widgets.hosting import Host
from hpolab_widgets.public import PublicHost
from hpolab_widgets.racing import OWN, Asked
from hpolab_widgets.visitors import remove_old, visitors_dir

VISITOR, OTHER = "a" * 32, "b" * 32
TINY = {
    "function": "sphere",
    "dimensions": 2,
    "contenders": ("pso", "de"),
    "seeds": 1,
    "budget": 300,
    "workers": 1,
}


@pytest.fixture
def lab(tmp_path):
    return LabState(host=Host(sweeps_dir=tmp_path))


@pytest.fixture(scope="module")
def raced(tmp_path_factory):
    """A sweeps directory with a finished race in it."""
    place = tmp_path_factory.mktemp("raced")
    Race(RaceConfig(**TINY), path=races_dir(place) / "first").run()
    return place


def test_what_is_chosen_is_what_is_asked(lab):
    panel = RaceTrack(lab)
    panel.wish("set", name="function", value="ackley")
    panel.wish("set", name="seeds", value=5)
    panel.wish("toggle", algorithm="pso")
    panel.wish("toggle", algorithm="de")
    assert panel.problem == ""
    asked = Asked.parse(panel.view["asked"])
    assert asked.config() == RaceConfig(
        function="ackley",
        seeds=5,
        budget=10_000,
        contenders=tuple(
            name for name in ALGORITHMS if name in {"de", "genetic", "shade", "sa", "acor"}
        ),
    )
    panel.close()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("function", "spher", "did you mean 'sphere'"),
        ("seeds", 0, "seeds"),
        ("colour", 3, "colour"),
        ("budget", "many", "budget"),
    ],
)
def test_what_there_is_not_is_refused_and_changes_nothing(lab, name, value, words):
    panel = RaceTrack(lab)
    before = panel.view["asked"]
    panel.wish("set", name=name, value=value)
    assert words in panel.problem
    assert panel.view["asked"] == before
    panel.close()
    with pytest.raises(ConfigError):
        RaceTrack(lab, function="spher")


def test_a_finished_race_is_found_and_shown_whole(raced):
    panel = RaceTrack(LabState(host=Host(sweeps_dir=raced)))
    view, scenes = panel.view, panel.scenes
    assert json.dumps(view)  # plain data
    race = view["race"]
    assert (race["state"], race["done"], race["runs"]) == ("finished", 2, 2)
    assert {row["name"] for row in race["rows"]} == {"pso", "de"}
    assert all(curve["at"] for curve in race["curves"])
    assert len(scenes["heights"]) == scenes["side"] ** 2
    for film in scenes["films"]:
        assert len(film["points"]) == 2 * 2 * sum(film["sizes"])
        assert len(film["at"]) == len(film["errors"]) == len(film["sizes"])
    assert view["asked"]["function"] == "sphere"
    panel.close()


def test_a_race_is_started_followed_and_stopped(lab):
    async def main():
        panel = RaceTrack(
            lab, function="schwefel", dimensions=100, budget=1_000_000, algorithms=("pso",)
        )
        panel.wish("start")
        assert panel.problem == ""
        async with asyncio.timeout(120):
            while not any(curve["at"] for curve in panel.view["race"]["curves"]):
                await asyncio.sleep(0.1)
            while not panel.scenes.get("films"):
                await asyncio.sleep(0.1)
            panel.wish("start")
            assert "a race runs" in panel.problem
            panel.wish("cancel", contender="pso")
            while panel.view["race"]["state"] == "running":
                await asyncio.sleep(0.1)
        assert set(panel.view["race"]["rows"][0]["fates"]) == {"cancelled"}
        panel.close()
        await asyncio.sleep(0.01)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_a_function_is_checked_while_it_is_typed(lab):
    panel = RaceTrack(lab)
    panel.wish("set", name="function", value=OWN)
    panel.wish("set", name="source", value="import os\ndef fitness(x, y): return 1")
    lines = [problem["line"] for problem in panel.view["own"]["problems"]]
    assert lines == [1, 2]
    panel.wish("start")
    assert "line 1" in panel.problem
    assert panel.race is None
    panel.close()


@pytest.mark.skipif(bool(sandbox_problem()), reason=sandbox_problem())
def test_a_function_that_looks_well_is_tried_out_in_the_sandbox(lab):
    panel = RaceTrack(lab)
    panel.wish("set", name="function", value=OWN)
    panel.wish("set", name="source", value="def fitness(x): return x[0] + 3")
    assert panel.view["own"] == {"problems": [], "value": 3.0, "is_tried": True}
    panel.wish("set", name="source", value="def fitness(x): return open('a')")
    (problem,) = panel.view["own"]["problems"]
    assert "open" in problem["message"]
    panel.close()


def test_the_same_algorithm_searches_a_network_beside_random_search(lab, monkeypatch):
    short = partial(search_networks, trials=15, seeds=2)
    monkeypatch.setattr("hpolab_widgets.panels.race.search_networks", short)
    panel = RaceTrack(lab)
    panel.wish("networks", algorithm="shade")
    assert panel.problem == ""
    found = panel.view["networks"]
    assert [each["name"] for each in found["regrets"]] == ["shade", "random"]
    for each in found["regrets"]:
        assert len(each["middle"]) == 15
        assert list(each["middle"]) == sorted(each["middle"], reverse=True)
    panel.wish("networks", algorithm="magic")
    assert "no algorithm 'magic'" in panel.problem
    panel.close()


def public(tmp_path, visitor=VISITOR, **limits):
    return PublicHost(root=tmp_path, allowed=AppSettings(public=True, **limits)).welcome(visitor)


def test_a_visitor_s_race_is_limited(tmp_path):
    panel = RaceTrack(LabState(host=public(tmp_path, race_evaluations=100_000)))
    panel.wish("start")
    assert "at most 100,000 evaluations in all here" in panel.problem
    panel.close()
    with pytest.raises(ConfigError, match="not ready"):
        PublicHost(root=tmp_path).start_race(RaceConfig(**TINY))


def test_a_visitor_has_one_race_at_a_time_and_all_share_the_tracks(tmp_path):
    running = races_dir(visitors_dir(tmp_path) / VISITOR) / "one"
    RaceFolder.create(running, RaceConfig(**TINY).to_dict())
    with CoordinatorLock(running / ".lock"):
        with pytest.raises(ConfigError, match="you have a race already"):
            public(tmp_path).start_race(RaceConfig(**TINY))
        with pytest.raises(ConfigError, match="you have a race already"), public(tmp_path).track():
            pytest.fail("another one would go on")
        with pytest.raises(ConfigError, match="all 1 tracks are taken"):
            public(tmp_path, OTHER, races=1).start_race(RaceConfig(**TINY))
        assert remove_old(tmp_path, days=1, now=4e9) == 0  # nobody loses a race that runs
    assert remove_old(tmp_path, days=1, now=4e9) == 1


def test_a_visitor_s_race_gets_the_host_s_limits_of_time_and_processes(tmp_path):
    host = public(tmp_path, race_minutes=0.5, workers=1)
    race = host.start_race(RaceConfig(**TINY).replace(workers=7))
    assert (race.config.seconds, race.config.heat_seconds, race.config.workers) == (30, 30, 1)
    assert race.wait(120) == "finished"
    assert race.path.parent == races_dir(visitors_dir(tmp_path) / VISITOR)
    assert racing_in(race.path.parent) == 0


def test_no_visitor_s_function_is_taken_without_a_sandbox(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "hpolab_widgets.racing.admission.sandbox_problem", lambda: "bubblewrap is not installed."
    )
    own = Asked(function=OWN, dimensions=2).config()
    with pytest.raises(ConfigError, match="own functions are not taken here: bubblewrap"):
        public(tmp_path).start_race(own)


def test_another_visitor_s_races_are_not_shown(tmp_path):
    mine = races_dir(visitors_dir(tmp_path) / VISITOR) / "mine"
    Race(RaceConfig(**TINY), path=mine).run()
    lab = LabState(host=public(tmp_path, OTHER))
    panel = RaceTrack(lab)
    assert panel.view["race"] is None
    lab.arrive(VISITOR)
    assert panel.view["race"]["name"] == "mine"
    panel.close()
