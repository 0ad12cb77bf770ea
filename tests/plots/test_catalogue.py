from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab.errors import ConfigError, StoreError
from hpolab.plots import Plot, available, draw
from hpolab.plots.catalogue import GROUPS
from hpolab.plots.style import as_json
from hpolab.training.recording import ARRAYS, INDEX

EVERY_KIND = {
    *("curves", "health", "confusion", "classes", "calibration", "sureness", "mistakes"),
    *("gradients", "updates", "weights", "units", "outputs", "maps", "filters"),
    *("gates", "cells", "reach"),
}
ALWAYS_FINITE = (
    *("calibration", "precision", "recall", "f1", "learning_rate", "weight_histogram"),
    *("activation_histogram", "activation_map"),
)
WITHOUT_AXES = {"health", "mistakes"}


@pytest.fixture(scope="module")
def plots(image_trial: Path, text_trial: Path) -> list[Plot]:
    return [
        draw(folder, entry.name)
        for folder in (image_trial, text_trial)
        for entry in available(folder)
    ]


def kinds(folder: Path) -> set[str]:
    return {entry.name.partition("/")[0] for entry in available(folder)}


def test_a_cnn_and_an_lstm_together_have_every_kind(image_trial: Path, text_trial: Path) -> None:
    assert kinds(image_trial) | kinds(text_trial) == EVERY_KIND
    assert kinds(image_trial) & {"gates", "cells", "reach"} == set()
    assert kinds(text_trial) & {"maps", "filters"} == set()


def test_entries_stand_in_the_order_of_their_groups(image_trial: Path) -> None:
    places = [GROUPS.index(entry.group) for entry in available(image_trial)]
    assert places == sorted(places)
    names = [entry.name for entry in available(image_trial)]
    assert len(set(names)) == len(names)


def test_figures_of_a_layer_say_which(image_trial: Path) -> None:
    layers = {entry.name: entry.layer for entry in available(image_trial)}
    assert layers["weights/conv1"] == "conv1"
    assert layers["curves"] == ""


def test_every_figure_has_data_words_and_a_height(plots: list[Plot]) -> None:
    for plot in plots:
        assert plot.figure.data, plot.name
        assert plot.reading.endswith("."), plot.name
        assert plot.warning.endswith("."), plot.name
        assert plot.title, plot.name
        assert 100 <= plot.figure.layout.height <= 1400, plot.name


def test_every_axis_that_shows_says_what_it_counts(plots: list[Plot]) -> None:
    for plot in plots:
        if plot.name in WITHOUT_AXES:
            continue
        layout = plot.figure.to_dict()["layout"]
        axes = {key: value for key, value in layout.items() if key[1:5] == "axis"}
        assert len(axes) >= 2, plot.name
        for key, value in axes.items():
            assert value["title"]["text"], f"{plot.name} {key}"


def test_figures_are_plain_json_and_small(plots: list[Plot]) -> None:
    for plot in plots:
        text = json.dumps(as_json(plot.figure), allow_nan=False)
        assert len(text) < 150_000, plot.name


def test_a_mark_is_in_the_figure_exactly_where_something_is_wrong(
    image_trial: Path, tmp_path: Path
) -> None:
    healthy = draw(image_trial, "units/dense")
    folder = tmp_path / "sick"
    shutil.copytree(image_trial, folder)
    with np.load(folder / ARRAYS) as arrays:
        changed = dict(arrays)
    changed["unit_std/dense"] = np.zeros_like(changed["unit_std/dense"])
    changed["val_loss"] = np.linspace(1, 9, len(changed["val_loss"]), dtype=np.float32)
    np.savez_compressed(folder / ARRAYS, **changed)
    sick = draw(folder, "units/dense")
    assert healthy.verdict == ""
    assert "16 of 16 units of dense are silent" in sick.verdict
    assert "100% silent" in sick.figure.layout.annotations[0].text
    assert draw(image_trial, "curves").figure.layout.annotations == ()
    assert draw(folder, "curves").figure.layout.annotations[0].text == "overfits"


def test_a_layers_gates_have_the_words_on_the_axis(text_trial: Path) -> None:
    layout = draw(text_trial, "gates/lstm1").figure.layout
    assert set(layout.yaxis.ticktext) & {"good", "bad"}


def test_texts_are_shown_with_their_words(text_trial: Path) -> None:
    table = draw(text_trial, "mistakes").figure.data[0]
    assert all({"good", "bad"} & set(text.split()) for text in table.cells.values[0])


def test_texts_cannot_format_or_link(text_trial: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(text_trial, folder)
    with np.load(folder / ARRAYS) as arrays:
        changed = dict(arrays)
    changed["word"] = np.full(changed["word"].shape, '<a href="x">y')
    np.savez_compressed(folder / ARRAYS, **changed)
    for name in ("mistakes", "gates/lstm1"):
        assert "<a" not in json.dumps(as_json(draw(folder, name).figure))


def test_a_recording_without_words_is_drawn_all_the_same(text_trial: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(text_trial, folder)
    index = json.loads((folder / INDEX).read_text())
    for key in ("word", "word_id", "mistake_text", "gate_text"):
        del index["arrays"][key]
    (folder / INDEX).write_text(json.dumps(index))
    assert "#" in str(draw(folder, "mistakes").figure.data[0].cells.values[0])
    assert draw(folder, "gates/lstm1").figure.data


def test_a_trial_that_recorded_nothing_has_its_health_at_most(
    image_trial: Path, tmp_path: Path
) -> None:
    assert available(tmp_path) == ()
    shutil.copy(image_trial / "result.json", tmp_path)
    assert [entry.name for entry in available(tmp_path)] == ["health"]
    assert draw(tmp_path, "health").figure.data


def test_an_unknown_name_is_told_with_the_nearest(image_trial: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'confusion'"):
        draw(image_trial, "confusoin")
    with pytest.raises(ConfigError, match="no figure 'weights/conv9'"):
        draw(image_trial, "weights/conv9")


def test_a_damaged_recording_is_a_store_error(image_trial: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(image_trial, folder)
    (folder / ARRAYS).write_bytes(b"PK")
    with pytest.raises(StoreError, match="damaged"):
        available(folder)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_numbers_that_are_lost_or_zero_break_no_figure(
    image_trial: Path, text_trial: Path, tmp_path: Path, value: float
) -> None:
    for trial in (image_trial, text_trial):
        folder = tmp_path / trial.parent.name
        shutil.copytree(trial, folder)
        with np.load(folder / ARRAYS) as arrays:
            changed: dict[str, Any] = dict(arrays)
        for key, array in changed.items():
            if array.dtype.kind == "f" and not key.startswith(ALWAYS_FINITE):
                changed[key] = np.full_like(array, value)
        np.savez_compressed(folder / ARRAYS, **changed)
        for entry in available(folder):
            json.dumps(as_json(draw(folder, entry.name).figure), allow_nan=False)


def test_listing_figures_loads_neither_plotly_nor_a_framework() -> None:
    code = "import hpolab.plots, sys; print({'plotly', 'tensorflow', 'PIL'} & {*sys.modules})"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == "set()"
