"""``hpolab race``: from a name, from a config, continued, and refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hpolab.cli.app import app
from hpolab.race import Race, RaceConfig
from hpolab.race.folder import find_races, races_dir
from hpolab.sandbox import sandbox_problem
from hpolab.settings import settings
from hpolab.storage.plain_yaml import to_yaml

SMALL = ("--seeds", "2", "--budget", "300", "--dimensions", "2", "--workers", "1")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPOLAB_SWEEPS_DIR", str(tmp_path / "sweeps"))
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    return tmp_path


def invoke(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["race", *arguments])
    return result.exit_code, re.sub(r" +", " ", result.output)


def test_a_race_by_name_ends_with_a_table_and_who_is_ahead(place: Path) -> None:
    code, said = invoke("sphere", "--algorithms", "pso, de", *SMALL, "--name", "mine")
    assert code == 0
    assert "[4/4]" in said
    assert re.search(r"^ (pso|de) 2/2 1\.\d ", said, re.MULTILINE)
    assert "2 seeds cannot tell skill from luck: with so many contenders it takes 6" in said
    (folder,) = find_races(races_dir())
    assert (
        Race.follow(folder.path).config.contenders
        == RaceConfig(contenders=("pso", "de")).contenders
    )
    code, said = invoke("mine")
    assert code == 2
    assert "has finished" in said


def test_a_config_is_a_race_and_options_go_over_it(place: Path) -> None:
    config = RaceConfig(
        function="sphere", dimensions=2, contenders=("pso",), seeds=9, budget=200, scene_budget=0
    )
    (place / "race.yaml").write_text(to_yaml(config.to_dict()))
    code, said = invoke("race.yaml", "--seeds", "1", "--quiet", "--name", "one")
    assert code == 0
    assert "pso has raced alone." in said
    assert Race.follow(races_dir() / "one").config == config.replace(seeds=1, name="one")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("spher",), "did you mean 'sphere'"),
        (("sphere", "--algorithms", "shad"), "did you mean 'shade'"),
        (("sphere", "--algorithms", ""), "contenders"),
        (("sphere", "--fitness", "mine.yaml"), "leave them out"),
        (("--fitness", "mine.yaml"), "cannot read mine.yaml"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_starts(
    place: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, said = invoke(*arguments)
    assert code == 2
    assert words in said
    assert not races_dir().exists()


@pytest.mark.skipif(bool(sandbox_problem()), reason=sandbox_problem())
def test_an_own_function_is_tried_out_then_raced(place: Path) -> None:
    (place / "mine.yaml").write_text("dimensions: 2\nfile: mine.py\n")
    (place / "mine.py").write_text("def fitness(x):\n    return open('/etc/passwd')\n")
    code, said = invoke("--fitness", "mine.yaml")
    assert code != 0
    assert "line 2" in said
    assert not races_dir().exists()
    (place / "mine.py").write_text("def fitness(x):\n    return float(x @ x)\n")
    short = ("--algorithms", "pso", "--seeds", "1", "--budget", "200", "--quiet")
    code, said = invoke("--fitness", "mine.yaml", *short)
    assert code == 0
    assert "pso has raced alone." in said
