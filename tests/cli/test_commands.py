from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hpolab import Sweep
from hpolab.data.known import KNOWN, Remote
from hpolab.storage.folder import SweepFolder

Run = Callable[..., Any]


def test_version_is_said(hpolab: Run) -> None:
    assert re.fullmatch(r"hpolab \d+\.\d+\.\d+\n", hpolab("--version").stdout)


def test_runs_lists_every_sweep_with_its_state_and_best_score(hpolab: Run, finished: Path) -> None:
    lines = hpolab("runs").stdout.splitlines()
    best = Sweep.follow(finished / "alpha").best
    assert best is not None
    score = f"{best.score:.3f}".removeprefix("0")
    row = next(line for line in lines if line.startswith("alpha"))
    assert row.split()[:5] == ["alpha", "finished", "digits", "8/8", score]
    assert any(line.startswith("mixed") for line in lines)


def test_runs_shows_a_damaged_folder_as_a_row(hpolab: Run, sweeps: Path) -> None:
    (sweeps / "broken").mkdir(parents=True)
    (sweeps / "broken" / "config.yaml").write_text("- no mapping", encoding="utf-8")
    result = hpolab("runs")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split()[:2] == ["broken", "damaged"]


def test_runs_says_where_it_looked_when_there_is_none(hpolab: Run, sweeps: Path) -> None:
    assert f"There are no sweeps in {sweeps} yet" in hpolab("runs").stdout


def test_show_has_leaderboard_health_and_verdict(hpolab: Run, finished: Path) -> None:
    text = hpolab("show", "mixed").stdout
    sweep = Sweep.follow(finished / "mixed")
    assert sweep.best is not None
    assert f"Health of trial {sweep.best.number}" in text
    assert f"Trial {sweep.best.number} won with a score of" in text
    assert "neuron utilisation" in text
    assert "the loss became NaN in epoch 2." in text


def test_show_lets_the_clock_of_an_interrupted_sweep_stand_still(
    hpolab: Run, finished: Path
) -> None:
    journal = finished / "alpha" / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)[
        :-1
    ]  # no word of its end
    journal.write_text(
        "".join(re.sub(r'"utc":"\d{4}-', '"utc":"2020-', line) for line in lines), encoding="utf-8"
    )
    state = hpolab("show", "alpha").stdout.splitlines()[1]
    assert state.startswith("interrupted")
    assert re.search(r" 0:\d\d$", state)


def test_show_takes_a_path_and_cuts_the_leaderboard(hpolab: Run, finished: Path) -> None:
    n_completed = len(Sweep.follow(finished / "alpha").leaderboard)
    text = hpolab("show", finished / "alpha", "--top", "1").stdout
    assert f"and {n_completed - 1} more: --top {n_completed}" in text


def test_show_of_one_trial_has_its_configuration_and_epochs(hpolab: Run, finished: Path) -> None:
    sweep = Sweep.follow(finished / "alpha")
    text = hpolab("show", "alpha", "--trial", "0").stdout
    for name in sweep.record.trials[0].params:
        assert re.search(rf"^{name}\s", text, re.MULTILINE)
    table = text.split("Epochs\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in table[1:]] == ["1", "2", "3", "4", "5"]


def test_show_of_a_missing_trial_says_which_there_are(hpolab: Run, finished: Path) -> None:
    result = hpolab("show", "alpha", "--trial", "99")
    assert result.exit_code == 2
    assert result.stderr == "hpolab: alpha has no trial 99; it has 0 to 7.\n"


def test_show_without_a_name_takes_the_newest(hpolab: Run, finished: Path) -> None:
    assert hpolab("show").stdout.startswith("mixed")


def test_an_unknown_sweep_gets_the_nearest_name(hpolab: Run, finished: Path) -> None:
    result = hpolab("show", "alhpa")
    assert result.exit_code == 2
    assert "did you mean 'alpha'?" in result.stderr


def test_best_gives_its_path_and_card(hpolab: Run, finished: Path) -> None:
    path, card = hpolab("best", "alpha").stdout.split("\n", 1)
    assert card.strip() == (Path(path) / "README.md").read_text(encoding="utf-8").strip()
    assert hpolab("best", "alpha", "--path").stdout == f"{path}\n"


def test_best_is_copied_out_whole_but_never_over_something(
    hpolab: Run, finished: Path, tmp_path: Path
) -> None:
    target = tmp_path / "winner"
    assert hpolab("best", "alpha", "--copy-to", target).exit_code == 0
    source = finished / "alpha" / "best"
    assert {path.name for path in target.iterdir()} == {path.name for path in source.iterdir()}
    again = hpolab("best", "alpha", "--copy-to", target)
    assert again.exit_code == 2
    assert "not empty" in again.stderr


def test_best_of_a_sweep_without_winner_says_so(
    hpolab: Run, config_file: Callable[..., Path]
) -> None:
    hpolab("sweep", config_file(model="json:dumps", space={"fail": True}, max_failures=1))
    result = hpolab("best", "alpha")
    assert result.exit_code == 1
    assert "no trial has been completed" in result.stderr


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_a_wish_that_nobody_would_read_is_refused(hpolab: Run, finished: Path, verb: str) -> None:
    result = hpolab(verb, "alpha")
    assert result.exit_code == 1
    assert f"nobody would read `{verb}`" in result.stderr
    assert not (finished / "alpha" / "commands.jsonl").exists()


def test_extend_needs_an_amount(hpolab: Run, finished: Path) -> None:
    result = hpolab("extend", "alpha")
    assert result.exit_code == 2
    assert "say by how much" in result.stderr


def test_explore_takes_a_share(hpolab: Run, finished: Path) -> None:
    assert hpolab("explore", "alpha", "1.5").exit_code == 2
    result = hpolab("explore", "alpha", "0.5")
    assert result.exit_code == 1
    assert "nobody would read `explore`" in result.stderr


def test_a_limit_that_the_budget_lacks_cannot_be_extended(hpolab: Run, finished: Path) -> None:
    for arguments in (("extend", "alpha", "--seconds", "9"), ("sweep", "alpha", "--seconds", "9")):
        result = hpolab(*arguments)
        assert result.exit_code == 2
        assert "has no limit of seconds to add to; use --trials" in result.stderr


def test_watch_of_a_finished_sweep_tells_it_again_and_changes_nothing(
    hpolab: Run, finished: Path
) -> None:
    journal = (finished / "alpha" / "journal.jsonl").read_bytes()
    result = hpolab("watch", "alpha")
    assert result.exit_code == 0
    assert len(re.findall(r"^\[\d of 8 trials\]", result.stdout, re.MULTILINE)) == 8
    assert (finished / "alpha" / "journal.jsonl").read_bytes() == journal


def test_export_writes_what_is_asked_for(hpolab: Run, finished: Path, tmp_path: Path) -> None:
    table, archive = tmp_path / "a.csv", tmp_path / "a.zip"
    result = hpolab("export", "alpha", "--csv", table, "--zip", archive)
    assert result.exit_code == 0
    with table.open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 8
    assert any(name.endswith("journal.jsonl") for name in zipfile.ZipFile(archive).namelist())


def test_delete_asks_before_it_deletes(hpolab: Run, sweeps: Path) -> None:
    SweepFolder.create(sweeps / "old", {})

    assert hpolab("delete", "old").exit_code == 1  # nobody answers
    assert (sweeps / "old").is_dir()
    assert "deleted old" in hpolab("delete", "old", "--yes").stdout
    assert not (sweeps / "old").exists()


def test_delete_of_an_unknown_sweep_suggests_the_nearest(hpolab: Run, finished: Path) -> None:
    assert "did you mean 'alpha'?" in hpolab("delete", "alhpa", "--yes").stderr


def test_export_of_nothing_is_refused(hpolab: Run, finished: Path) -> None:
    assert hpolab("export", "alpha").exit_code == 2


def test_confirm_trains_the_best_again_and_says_what_came_out(
    hpolab: Run, config_file: Callable[..., Path]
) -> None:
    hpolab("sweep", config_file())
    result = hpolab("confirm", "alpha", "--top", "2", "--seeds", "2")
    assert result.exit_code == 0
    assert len(re.findall(r"^trial \d seed [12] completed", result.stdout, re.MULTILINE)) == 4
    said = "won the search with a score of"
    assert said in result.stdout
    assert said in hpolab("show", "alpha").stdout


def test_datasets_lists_all_known_ones(hpolab: Run) -> None:
    lines = hpolab("datasets").stdout.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(KNOWN)]] == list(KNOWN)
    assert "bundled" in lines[1]


def test_datasets_in_a_directory_that_is_not_there_are_refused(hpolab: Run) -> None:
    result = hpolab("datasets", "--data-dir", "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


def test_fetch_brings_every_file_and_says_where(
    hpolab: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "mnist.npz").write_bytes(b"0123456789")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        url = f"http://127.0.0.1:{server.server_port}/mnist.npz"
        remote = Remote(url, "mnist.npz", 10)
        monkeypatch.setitem(KNOWN, "mnist", replace(KNOWN["mnist"], remotes=(remote,)))
        result = hpolab("datasets", "fetch", "mnist", "--data-dir", tmp_path / "data")
        server.shutdown()
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"mnist is in {tmp_path / 'data'}\n"
    assert (tmp_path / "data" / "mnist.npz").read_bytes() == b"0123456789"


def test_fetching_what_is_bundled_or_unknown_is_refused(hpolab: Run) -> None:
    assert "nothing to fetch" in hpolab("datasets", "fetch", "digits").stderr
    result = hpolab("datasets", "fetch", "minst")
    assert result.exit_code == 2
    assert "did you mean 'mnist'?" in result.stderr


def test_replay_writes_a_page_beside_and_says_where(
    hpolab: Run, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hpolab("replay", "mixed").stdout.startswith("wrote mixed-replay.html (")
    assert "mixed: replay of a search" in Path("mixed-replay.html").read_text(encoding="utf-8")
    assert hpolab("replay", "alpha", "-o", "page.html").stdout.startswith("wrote page.html (")


def test_replaying_what_is_not_there_is_refused(hpolab: Run, finished: Path) -> None:
    result = hpolab("replay", "mixd")
    assert result.exit_code == 2
    assert "did you mean 'mixed'?" in result.stderr


def test_report_writes_a_page_beside_and_refuses_what_it_cannot_write(
    hpolab: Run, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hpolab("report", "mixed").stdout == "wrote mixed-report.html\n"
    assert "Report: mixed" in Path("mixed-report.html").read_text(encoding="utf-8")
    result = hpolab("report", "mixed", "-o", "report.docx")
    assert result.exit_code == 2
    assert "a report is .html or .pdf" in result.stderr


def test_doctor_finds_this_machine_ready(hpolab: Run, sweeps: Path) -> None:
    result = hpolab("doctor")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.endswith("Ready for sweeps.\n")
    assert re.search(r"^libraries +.*optuna \d", result.stdout, re.MULTILINE)


def test_doctor_finds_a_place_that_cannot_be_written(
    hpolab: Run, sweeps: Path, tmp_path: Path
) -> None:
    sweeps.write_text("a file in the way", encoding="utf-8")
    result = hpolab("doctor")
    assert result.exit_code == 1
    assert "HPOLAB_SWEEPS_DIR" in result.stdout
    assert "Not ready: see sweeps." in result.stdout
