"""Figures, Parquet tables and TensorBoard logs of a small sweep, read back by what reads them."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from hpolab import Sweep, SweepConfig
from hpolab.errors import ConfigError, StoreError
from hpolab.export import export_csv, export_figures, export_parquet, export_tensorboard
from hpolab.scoring import METRICS


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Completed, failed and reused trials; one of the hyperparameters has an unpleasant name."""
    config = SweepConfig.parse(
        {
            "name": "lab",
            "dataset": {"name": "digits", "max_samples": 200},
            "model": "hpolab.testing.synthetic:train_run",
            "space": {
                "learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
                "../<b>odd": [1, 2.5, "three"],
                "flag": [False, True],
                "momentum": {"low": 0.0, "high": 0.9, "only_if": {"flag": [True]}},
                "fail": [False, False, True][1:],
            },
            "executor": "hpolab.testing.synthetic:synthetic_inline",
            "sampler": "random",
            "budget": 8,
            "epochs": 3,
            "seed": 3,
            "max_failures": 100,
        }
    )
    return Sweep(config, path=tmp_path_factory.mktemp("sweeps") / "lab").run()


@pytest.fixture(scope="module")
def paths(sweep: Sweep, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return export_figures(sweep, tmp_path_factory.mktemp("out") / "new" / "figures")


@pytest.fixture(scope="module")
def logs(sweep: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("tensorboard")
    return export_tensorboard(sweep, tmp_path_factory.mktemp("tb") / "logs")


@pytest.fixture(scope="module")
def runs(logs: Path) -> Any:
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer

    return EventMultiplexer().AddRunsFromDirectory(str(logs)).Reload()


class TestPages:
    def test_every_figure_is_a_page_with_data_and_words(self, paths: list[Path]) -> None:
        names = {path.stem for path in paths}
        assert {"history", "importance", "timeline", "costs", "places", "contour"} <= names
        assert {"slice-learning_rate", "slice-flag", "pareto-health", "pareto-parameters"} <= names
        for path in paths:
            page = path.read_text(encoding="utf-8")
            assert "Plotly.newPlot" in page
            assert "<figcaption>" in page

    def test_no_page_needs_another_host(self, paths: list[Path]) -> None:
        folder = paths[0].parent
        assert (folder / "plotly.min.js").stat().st_size > 1e6
        for path in folder.glob("*.html"):
            sources = re.findall(r'(?:src|href)="([^"]*)"', path.read_text(encoding="utf-8"))
            assert sources == ["plotly.min.js"]

    def test_files_stay_in_the_folder_whatever_a_hyperparameter_is_called(
        self, paths: list[Path]
    ) -> None:
        assert all(re.fullmatch(r"[\w-]+\.html", path.name) for path in paths)
        assert len({path.parent for path in paths}) == 1
        assert len(set(paths)) == len(paths)

    def test_the_index_shows_them_all(self, paths: list[Path]) -> None:
        index = (paths[0].parent / "index.html").read_text(encoding="utf-8")
        assert index.count("Plotly.newPlot") == len(paths)
        assert "<b>odd" not in index

    def test_unknown_formats_are_refused(self, sweep: Sweep, tmp_path: Path) -> None:
        wrong: Any = "jpg"
        with pytest.raises(ConfigError, match="no such format"):
            export_figures(sweep, tmp_path, format=wrong)

    def test_an_empty_sweep_has_figures_too(self, tmp_path: Path) -> None:
        new = Sweep(SweepConfig(name="new"), path=tmp_path / "new")
        assert export_figures(new, tmp_path / "out")


class TestPictures:
    def test_without_kaleido_it_is_named(
        self, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "kaleido", None)
        with pytest.raises(ConfigError, match=r"pip install 'hpolab\[figures\]'"):
            export_figures(sweep, tmp_path, format="png")

    def test_without_a_browser_it_says_which_to_install(
        self, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("kaleido")
        monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(ConfigError, match="install it"):
            export_figures(sweep, tmp_path, format="svg")

    @pytest.mark.browser
    @pytest.mark.slow
    def test_pictures_are_pictures(self, sweep: Sweep, tmp_path: Path) -> None:
        pytest.importorskip("kaleido")
        if not (shutil.which("chromium") or shutil.which("google-chrome")):
            pytest.skip("no Chrome or Chromium on this machine")
        paths = export_figures(sweep, tmp_path, format="svg")
        assert all(path.read_bytes().startswith(b"<svg") for path in paths)
        assert "learning rate" in (tmp_path / "slice-learning_rate.svg").read_text()


class TestParquet:
    def test_columns_are_those_of_the_csv_with_types(self, sweep: Sweep, tmp_path: Path) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        table = parquet.read_table(export_parquet(sweep, tmp_path / "t.parquet"))

        header = export_csv(sweep, tmp_path / "t.csv").read_text().splitlines()[0]
        assert [f'"{name}"' for name in table.column_names] == header.split(",")
        types = {field.name: str(field.type) for field in table.schema}
        assert types["trial"] == "int64"
        assert types["param.learning_rate"] == types["score"] == "double"
        assert types["param.flag"] == "bool"
        assert types["param.../<b>odd"] == "string"

    def test_values_come_back_and_what_is_missing_is_null(
        self, sweep: Sweep, tmp_path: Path
    ) -> None:
        parquet = pytest.importorskip("pyarrow.parquet")
        path = export_parquet(sweep, tmp_path / "t.parquet")
        rows = parquet.read_table(path).to_pylist()

        for row, trial in zip(rows, sweep.record.trials.values(), strict=True):
            assert row["param.learning_rate"] == trial.params["learning_rate"]
            assert row["param.momentum"] == trial.params.get("momentum")
            assert trial.ended is not None
            assert row["score"] == trial.ended.score
            for name in METRICS:
                assert row[name] == trial.ended.metrics.get(name)
        assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]

    def test_without_pyarrow_it_is_named(
        self, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(ConfigError, match=r"pip install 'hpolab\[parquet\]'"):
            export_parquet(sweep, tmp_path / "t.parquet")


class TestTensorBoard:
    def test_every_trial_is_a_run_with_its_epochs(self, sweep: Sweep, runs: Any) -> None:
        names = {f"trial-{number:04d}" for number in sweep.record.trials}
        assert set(runs.Runs()) == names | {"."}
        best = sweep.best
        assert best is not None
        told = runs.Tensors(f"trial-{best.number:04d}", "accuracy/validation")
        assert [event.step for event in told] == [epoch.epoch for epoch in best.epochs]
        values = [event.tensor_proto.float_val[0] for event in told]
        assert values == pytest.approx([epoch.val_accuracy for epoch in best.epochs])

    def test_its_table_of_hyperparameters_shows_what_each_trial_had_and_gave(
        self, sweep: Sweep, runs: Any
    ) -> None:
        from tensorboard.plugins.hparams import metadata

        def content(run: str, tag: str) -> Any:
            plugin = runs.SummaryMetadata(run, tag).plugin_data
            return metadata.create_summary_metadata, plugin.content

        for trial in sweep.record.trials.values():
            _, raw = content(f"trial-{trial.number:04d}", metadata.SESSION_START_INFO_TAG)
            started = metadata.parse_session_start_info_plugin_data(raw)
            assert set(started.hparams) == set(trial.params)
            rate = started.hparams["learning_rate"].number_value
            assert rate == trial.params["learning_rate"]
            assert started.hparams["flag"].bool_value is trial.params["flag"]
        _, raw = content(".", metadata.EXPERIMENT_TAG)
        experiment = metadata.parse_experiment_plugin_data(raw)
        assert {"learning_rate", "flag"} <= {info.name for info in experiment.hparam_infos}
        shown = {info.name.tag for info in experiment.metric_infos}
        best = sweep.best
        assert best is not None
        assert shown <= set(runs.GetAccumulator(f"trial-{best.number:04d}").Tags()["tensors"])

    def test_a_folder_with_something_in_it_is_refused(self, sweep: Sweep, logs: Path) -> None:
        with pytest.raises(StoreError, match="not an empty folder"):
            export_tensorboard(sweep, logs)

    def test_without_tensorboard_it_is_named(
        self, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
        with pytest.raises(ConfigError, match=r"pip install 'hpolab\[tensorboard\]'"):
            export_tensorboard(sweep, tmp_path / "logs")
