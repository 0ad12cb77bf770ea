from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.errors import JournalDamaged, StoreError
from hpolab.events import Entry, EpochEnded, RunBilled, TrialEnded, TrialStarted
from hpolab.export import export_csv, export_optuna, export_zip
from hpolab.scoring import METRICS
from hpolab.storage.archive import unpack

if TYPE_CHECKING:
    from optuna import Study

BUILDER = "hpolab.testing.synthetic:train_run"  # never called; naming a real one loads Keras
FORMULA = "=HYPERLINK(1)"


def config(**changes: Any) -> SweepConfig:
    usual: dict[str, Any] = {
        "name": "lab",
        "dataset": {"name": "digits", "max_samples": 200},
        "model": BUILDER,
        "space": {
            "learning_rate": [1e-4, 1e-2],
            "kind": ["plain", FORMULA],
            "shift": {"value": -1.5, "only_if": {"kind": "plain"}},
            "fail": [False, True],
        },
        "executor": "hpolab.testing.synthetic:synthetic_inline",
        "sampler": "random",
        "budget": 10,
        "epochs": 3,
        "seed": 3,
        "max_failures": 100,
        "record": "all",
    }
    return SweepConfig.parse({**usual, **changes})


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep with completed, failed and reused trials."""
    return Sweep(config(), path=tmp_path_factory.mktemp("sweeps") / "lab").run().path


@pytest.fixture
def sweep(searched: Path, tmp_path: Path) -> Sweep:
    return Sweep.follow(shutil.copytree(searched, tmp_path / "lab"))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cut_journal(sweep: Sweep, kind: type) -> Sweep:
    """The sweep as it was at the last event of this kind, with half a line after it."""
    lines = sweep.folder.journal.read_bytes().splitlines(keepends=True)
    last = max(
        number for number, line in enumerate(lines) if isinstance(Entry.parse(line).event, kind)
    )
    sweep.folder.journal.write_bytes(b"".join(lines[: last + 1]) + lines[last][:20])
    return Sweep.follow(sweep.path)


class TestTable:
    def test_every_trial_is_a_row_in_order(self, sweep: Sweep, tmp_path: Path) -> None:
        rows = read(export_csv(sweep, tmp_path / "t.csv"))

        assert [int(row["trial"]) for row in rows] == list(range(10))
        assert {row["state"] for row in rows} == {"completed", "failed"}

    def test_numbers_come_back_exactly(self, sweep: Sweep, tmp_path: Path) -> None:
        rows = read(export_csv(sweep, tmp_path / "t.csv"))

        best = sweep.best
        assert best is not None
        assert best.ended is not None
        row = rows[best.number]
        assert float(row["score"]) == best.score
        assert float(row["accuracy"]) == best.ended.accuracy
        assert float(row["test_accuracy"]) == best.ended.test_accuracy
        assert {name: float(row[name]) for name in METRICS} == best.ended.metrics
        assert float(row["param.learning_rate"]) == best.params["learning_rate"]
        assert (row["epochs"], row["n_parameters"]) == ("3", "1000")

    def test_what_was_paid_has_a_column_when_something_was(
        self, told: Callable[..., Any], tmp_path: Path
    ) -> None:
        made = told()
        made.start(0, 0)
        made.start(1, 1)
        (free,) = {tuple(row) for row in read(export_csv(made.sweep, tmp_path / "free.csv"))}
        made.tell(2, RunBilled(trial=1, attempt=1, seconds=2, cost=0.25))
        rows = read(export_csv(made.sweep, tmp_path / "paid.csv"))
        assert "cost" not in free
        assert [row["cost"] for row in rows] == ["", "0.25"]

    def test_what_does_not_apply_is_empty(self, sweep: Sweep, tmp_path: Path) -> None:
        rows = read(export_csv(sweep, tmp_path / "t.csv"))

        for row, trial in zip(rows, sweep.record.trials.values(), strict=True):
            assert (row["param.shift"] == "") is ("shift" not in trial.params)
            assert (row["score"] == "") is (trial.state == "failed")
            assert (row["reason"] == "") is (trial.state == "completed")
        reused = [row["reused_from"] for row in rows if row["reused_from"]]
        assert reused
        assert all(rows[int(first)]["reused_from"] == "" for first in reused)

    def test_text_cannot_run_as_a_formula_and_numbers_stay_numbers(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        rows = read(export_csv(sweep, tmp_path / "t.csv"))

        assert {row["param.kind"] for row in rows} == {"plain", f"'{FORMULA}"}
        assert {row["param.shift"] for row in rows} == {"", "-1.5"}

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
    def test_every_start_of_a_formula_is_quoted(self, start: str, tmp_path: Path) -> None:
        options = [f"{start}1+1", "1=1"]
        made = Sweep(
            config(space={"kind": options}, sampler="grid", budget=2), path=tmp_path / "lab"
        ).run()

        rows = read(export_csv(made, tmp_path / "t.csv"))

        assert {row["param.kind"] for row in rows} == {f"'{start}1+1", "1=1"}

    def test_running_trial_has_its_epochs_and_no_result(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        row = read(export_csv(cut_journal(sweep, EpochEnded), tmp_path / "t.csv"))[-1]

        assert (row["state"], row["epochs"], row["score"]) == ("running", "3", "")

    def test_old_file_is_replaced_and_nothing_else_is_left(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        (tmp_path / "t.csv").write_text("old")

        export_csv(sweep, str(tmp_path / "t.csv"))

        assert len(read(tmp_path / "t.csv")) == 10
        assert sorted(path.name for path in tmp_path.iterdir()) == ["lab", "t.csv"]

    def test_folder_that_is_missing_is_named(self, sweep: Sweep, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=r"gone/t\.csv"):
            export_csv(sweep, tmp_path / "gone" / "t.csv")


class TestArchive:
    def test_unpacked_sweep_is_the_same_sweep(self, sweep: Sweep, tmp_path: Path) -> None:
        there = Sweep.follow(unpack(export_zip(sweep, tmp_path / "a.zip"), tmp_path / "there"))

        assert there.config == sweep.config
        assert there.record == sweep.record
        assert there.state == "finished"
        assert there.folder.best_trial() == sweep.record.best
        model = Path("best") / "model.keras"
        assert (there.path / model).read_bytes() == (sweep.path / model).read_bytes()

    def test_unpacked_sweep_can_be_continued(self, sweep: Sweep, tmp_path: Path) -> None:
        cut = cut_journal(sweep, EpochEnded)
        there = Sweep.follow(unpack(export_zip(cut, tmp_path / "a.zip"), tmp_path / "there"))

        there.run()

        assert there.state == "finished"
        assert [t.state for t in there.record.trials.values()] == [
            t.state for t in Sweep.follow(sweep.path).run().record.trials.values()
        ]

    def test_locks_links_and_temporary_files_stay_behind(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        (sweep.path / ".config.yaml.x7").write_text("half")
        (sweep.path / ".best.new").mkdir()
        (sweep.path / ".best.new" / "model.keras").write_text("half")
        (sweep.path / "secret").symlink_to("/etc/passwd")
        (sweep.path / "confirm" / "0001-seed-4").mkdir(parents=True)
        (sweep.path / "confirm" / "confirm.json").write_text("{}")
        (sweep.path / "confirm" / "0001-seed-4" / "model.keras").write_text("half")
        (sweep.path / "coordinator.log").write_text("hello")

        names = zipfile.ZipFile(export_zip(sweep, tmp_path / "a.zip")).namelist()

        assert names == sorted(names)
        assert all(name.startswith("lab/") for name in names)
        assert not [name for name in names if "/." in name or "secret" in name]
        assert [name for name in names if "confirm" in name] == ["lab/confirm/confirm.json"]
        assert "lab/coordinator.log" in names

    def test_trial_in_flight_stays_behind_with_its_half_written_files(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        cut = cut_journal(sweep, EpochEnded)
        (open_trial,) = cut.record.unfinished()
        newer = sweep.folder.trial(77)  # begun after the journal was read
        newer.mkdir()
        (newer / "log.txt").write_text("...")

        there = unpack(export_zip(cut, tmp_path / "a.zip"), tmp_path / "there")

        folders = {path.name for path in (there / "trials").iterdir()}
        assert folders == {f"{trial.number:04d}" for trial in cut.record.finished()}
        assert f"{open_trial.number:04d}" not in folders
        assert (there / "journal.jsonl").read_bytes().endswith(b"}\n")

    def test_archive_inside_the_sweep_folder_does_not_swallow_itself(self, sweep: Sweep) -> None:
        first = export_zip(sweep, sweep.path / "a.zip").read_bytes()

        assert export_zip(sweep, sweep.path / "a.zip").read_bytes() == first
        assert "lab/a.zip" not in zipfile.ZipFile(sweep.path / "a.zip").namelist()

    def test_sweep_is_archived_from_within_its_folder(
        self, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(sweep.path)

        names = zipfile.ZipFile(export_zip(Sweep.follow("."), tmp_path / "a.zip")).namelist()

        assert "lab/config.yaml" in names

    def test_every_archive_of_a_running_sweep_is_whole(self, tmp_path: Path) -> None:
        """Packed after each settled trial, while the coordinator is at work in the folder."""
        sweep = Sweep(config(), path=tmp_path / "lab")

        def pack_now(entry: Entry) -> None:
            if isinstance(entry.event, TrialEnded):
                export_zip(Sweep.follow(sweep.path), tmp_path / f"{entry.event.trial}.zip")

        sweep.run(on_entry=pack_now)

        archives = sorted(tmp_path.glob("*.zip"), key=lambda path: int(path.stem))
        assert len(archives) == 10
        for count, path in enumerate(archives, start=1):
            there = Sweep.follow(unpack(path, tmp_path / "there" / path.stem))
            assert len(there.record.finished()) == count
            for trial in there.record.finished():
                there.folder.read_result(trial.number)

    def test_damaged_journal_is_named_by_its_line(self, sweep: Sweep, tmp_path: Path) -> None:
        with sweep.folder.journal.open("ab") as file:
            file.write(b"not an event\n")

        with pytest.raises(JournalDamaged, match=r"journal\.jsonl, line \d+"):
            export_zip(sweep, tmp_path / "a.zip")

        assert not (tmp_path / "a.zip").exists()

    def test_sweep_that_has_not_begun_is_archived(self, tmp_path: Path) -> None:
        made = Sweep(config(budget=1), path=tmp_path / "other").run()
        made.folder.journal.unlink()

        there = unpack(
            export_zip(Sweep.follow(tmp_path / "other"), tmp_path / "a.zip"), tmp_path / "there"
        )

        assert Sweep.follow(there).state == "new"


def exported_study(path: Path) -> Study:
    """A copy of the study in a file, which is closed again."""
    import optuna

    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    try:
        study = optuna.load_study(study_name="lab", storage=storage)
        copy = optuna.create_study(direction="maximize")
        copy.add_trials(study.trials)
        return copy
    finally:
        storage.engine.dispose()


class TestOptunaStorage:
    def test_study_holds_every_trial(self, sweep: Sweep, tmp_path: Path) -> None:
        path = export_optuna(sweep, tmp_path / "study.db")

        study = exported_study(path)
        best = sweep.best
        assert best is not None
        assert best.ended is not None
        assert study.best_value == best.score
        assert len(study.trials) == 10
        told = study.trials[best.number]
        assert told.user_attrs["health"] == best.ended.health
        assert told.user_attrs["accuracy"] == best.ended.accuracy
        assert told.intermediate_values == dict(enumerate(best.scores, start=1))
        reused = [t for t in study.trials if "reused_from" in t.user_attrs]
        assert reused

    def test_trial_that_waits_is_left_out(self, sweep: Sweep, tmp_path: Path) -> None:
        cut = cut_journal(sweep, TrialStarted)
        assert [trial.state for trial in cut.record.unfinished()] == ["waiting"]
        path = export_optuna(cut, tmp_path / "study.db")

        study = exported_study(path)
        told = [trial.user_attrs["trial"] for trial in study.trials]
        assert told == [trial.number for trial in cut.record.finished()]

    def test_trial_that_runs_is_shown_running(self, sweep: Sweep, tmp_path: Path) -> None:
        path = export_optuna(cut_journal(sweep, EpochEnded), tmp_path / "study.db")

        study = exported_study(path)
        (running,) = (trial for trial in study.trials if not trial.state.is_finished())
        assert sorted(running.intermediate_values) == [1, 2, 3]
