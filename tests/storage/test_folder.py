from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hpolab.commands import Command
from hpolab.errors import ConfigError, StoreError
from hpolab.storage.folder import CommandTail, SweepFolder, find_sweeps


@pytest.fixture
def folder(tmp_path: Path) -> SweepFolder:
    return SweepFolder.create(tmp_path / "sweep", {"epochs": 3})


def trained(folder: SweepFolder, number: int) -> None:
    folder.write_result(number, {"trial": number})
    (folder.trial(number) / "model.keras").write_text(f"model {number}")
    (folder.trial(number) / "diagnostics").mkdir()
    (folder.trial(number) / "diagnostics" / "arrays.npz").write_text("arrays")


def test_a_new_folder_holds_what_was_asked(folder: SweepFolder) -> None:
    assert folder.read_config() == {"epochs": 3}
    assert folder.name == "sweep"
    assert SweepFolder.open(str(folder.path)) == folder
    assert not folder.is_running()


def test_a_folder_with_something_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")

    with pytest.raises(StoreError, match="give the sweep another name"):
        SweepFolder.create(tmp_path, {})


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match=r"cannot write .*file/sweep.*allow writing there"):
        SweepFolder.create(tmp_path / "file" / "sweep", {})


def test_what_is_no_sweep_is_not_opened(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StoreError, match="is not a sweep folder"):
            SweepFolder.open(path)


def test_trial_folders_sort_as_their_numbers(folder: SweepFolder) -> None:
    assert folder.trial(7).name == "0007"
    assert folder.trial(12345).name == "12345"


def test_a_result_is_read_back_and_a_damaged_one_is_named(folder: SweepFolder) -> None:
    folder.write_result(3, {"state": "completed"})

    assert folder.read_result(3) == {"state": "completed"}
    (folder.trial(3) / "result.json").write_text("{")
    for number in (3, 4):
        with pytest.raises(StoreError, match=rf"cannot read .*{number:04d}/result\.json"):
            folder.read_result(number)


def test_the_winner_is_copied_and_a_new_winner_replaces_it(folder: SweepFolder) -> None:
    for number in (1, 2):
        trained(folder, number)
        folder.install_best(number, card=f"card {number}", facts={"trial": number})

    assert folder.best_trial() == 2
    assert (folder.best / "README.md").read_text() == "card 2"
    assert (folder.best / "model.keras").read_text() == "model 2"
    assert (folder.trial(1) / "model.keras").exists()
    assert {path.name for path in folder.path.iterdir()} == {"best", "config.yaml", "trials"}


def test_leftovers_of_a_crash_do_not_hinder_the_next_winner(folder: SweepFolder) -> None:
    trained(folder, 1)
    (folder.path / ".best.new" / "half").mkdir(parents=True)
    (folder.path / ".best.old").mkdir()

    folder.install_best(1, card="card", facts={"trial": 1})

    assert folder.best_trial() == 1
    assert not (folder.best / "half").exists()


@pytest.mark.parametrize("facts", [None, "", "[]", '{"trial": null}', '{"winner": 1}'])
def test_a_damaged_best_names_no_trial(folder: SweepFolder, facts: str | None) -> None:
    folder.best.mkdir()
    if facts is not None:
        (folder.best / "best.json").write_text(facts)

    assert folder.best_trial() is None


def test_discarding_removes_what_is_named_and_nothing_else(folder: SweepFolder) -> None:
    trained(folder, 1)

    folder.discard(1, "diagnostics", "log.txt")
    folder.discard(2, "diagnostics")

    assert {path.name for path in folder.trial(1).iterdir()} == {"model.keras", "result.json"}


def test_wishes_are_read_once_in_order_from_where_the_reader_began(folder: SweepFolder) -> None:
    folder.send(Command(verb="pause"))
    tail = CommandTail(folder.commands, offset=folder.commands_size())
    from_the_start = CommandTail(folder.commands)
    assert tail.new() == ([], [])

    folder.send(Command(verb="resume"))
    folder.send(Command(verb="cancel", trial=4))

    assert [command.verb for command in tail.new()[0]] == ["resume", "cancel"]
    assert [command.verb for command in from_the_start.new()[0]] == ["pause", "resume", "cancel"]
    assert tail.new() == ([], [])


def test_a_wish_after_a_torn_line_is_understood(folder: SweepFolder) -> None:
    folder.commands.write_bytes(b'{"verb":"ext')
    folder.send(Command(verb="stop"))

    commands, refused = CommandTail(folder.commands).new()

    assert [command.verb for command in commands] == ["stop"]
    assert len(refused) == 1
    assert "ext" in refused[0]


def test_sweeps_are_found_newest_last_and_other_folders_are_passed_over(tmp_path: Path) -> None:
    now = time.time()
    for age, name in enumerate(["c", "a", "b"]):
        folder = SweepFolder.create(tmp_path / name, {})
        os.utime(folder.config, (now - age, now - age))
    (tmp_path / "other").mkdir()
    (tmp_path / "file").write_text("")

    assert [folder.name for folder in find_sweeps(tmp_path)] == ["b", "a", "c"]
    assert find_sweeps(tmp_path / "nowhere") == []


def test_a_config_that_is_no_mapping_is_refused(folder: SweepFolder) -> None:
    for text in ("[1, 2]", "a: [", "\x00", "", "a: 1\na: 2"):
        folder.config.write_text(text)
        with pytest.raises(ConfigError, match=r"config\.yaml"):
            folder.read_config()
