"""Trials of real sweep folders, their networks and their examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpolab import Sweep, SweepConfig
from hpolab.data import load
from hpolab.errors import DataError, StoreError
from hpolab.network.passes import unpacked
from hpolab.tracing import Example, Tracer, candidates, subject
from hpolab.trial import DatasetSpec

WORDS = [f"word{i}" for i in range(30)]


@pytest.fixture(scope="module")
def tracer() -> Iterator[Tracer]:
    tracer = Tracer().start()
    yield tracer
    tracer.close()


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A sweep whose trial 0 left a network, and whose trial 1 failed."""
    from hpolab.models.cnn import cnn
    from hpolab.training.worker import prepare_process

    prepare_process(threads=1)
    sweep = swept(tmp_path_factory.mktemp("digits"), DatasetSpec(name="digits"))
    model = cnn((8, 8, 1), 10, filters=8, dense_units=16)
    model.save(sweep.folder.trial(0) / "model.keras")
    write_classes(sweep, [str(i) for i in range(10)])
    return sweep


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A sweep over a few short texts, whose trial 0 left a network that reads 12 steps."""
    from hpolab.models.lstm import lstm
    from hpolab.training.worker import prepare_process

    prepare_process(threads=1)
    folder = tmp_path_factory.mktemp("texts")
    rng = np.random.default_rng(0)
    rows = [
        f"{' '.join(rng.choice(WORDS, 5))} it's,{'good' if i % 2 else 'bad'}" for i in range(80)
    ]
    (folder / "reviews.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    spec = DatasetSpec(name="texts", path=folder / "reviews.csv")
    sweep = swept(folder, spec, vocabulary={"options": [20]}, sequence_length={"options": [12]})
    lstm((12,), 2, vocabulary=20, lstm_units=5).save(sweep.folder.trial(0) / "model.keras")
    return sweep


def swept(folder: Path, dataset: DatasetSpec, **space: Any) -> Sweep:
    config = SweepConfig(
        name="tried",
        dataset=dataset,
        model="hpolab.testing.synthetic:train_run",
        space={"fail": {"options": [False, True]}, **space},
        sampler="grid",
        pruner="none",
        epochs=1,
        budget=2,
        executor="hpolab.testing.synthetic:synthetic_inline",
    )
    sweep = Sweep(config, path=folder / "tried").run()
    assert sweep.record.trials[0].state == "completed"
    return sweep


def write_classes(sweep: Sweep, names: list[str]) -> None:
    (sweep.folder.trial(0) / "classes.json").write_text(json.dumps(names))


def predicted(sweep: Sweep, x: Any) -> np.ndarray[Any, Any]:
    import keras

    model = keras.models.load_model(sweep.folder.trial(0) / "model.keras", compile=False)
    answer: np.ndarray[Any, Any] = model.predict(x[None], verbose=0)[0]
    return answer


def test_a_validation_picture_is_answered_as_the_model_does(digits: Sweep, tracer: Tracer) -> None:
    data = load(digits.config.dataset)

    passes = tracer.ask(subject(digits, 0), Example(validation=3))

    expected = predicted(digits, data.validation.images[3])
    np.testing.assert_allclose([a.probability for a in passes.answers], expected, atol=1e-5)
    assert passes.truth == data.classes[data.validation.y[3]]
    shown = unpacked(passes.shown.pixels, (8, 8, 1))
    np.testing.assert_array_equal(shown, data.validation.images[3])


def test_a_drawing_is_made_as_large_as_the_network_reads(digits: Sweep, tracer: Tracer) -> None:
    drawing = np.zeros((200, 160, 3), np.uint8)
    drawing[:, :80] = 255

    passes = tracer.ask(subject(digits, 0), Example(pixels=drawing.tolist()))

    assert passes.shown.shape == (8, 8, 1)
    shown = unpacked(passes.shown.pixels, (8, 8))
    assert (shown[:, :3] == 255).all()
    assert (shown[:, 5:] == 0).all()
    assert passes.truth == ""


def test_a_typed_text_is_cut_into_the_words_of_the_data(texts: Sweep, tracer: Tracer) -> None:
    data = load(texts.config.dataset)

    passes = tracer.ask(subject(texts, 0), Example(text="WORD1, it\u2019s word2 unheard!"))

    assert passes.shown.words == ("",) * 8 + ("word1", "it\u2019s", "word2", "unheard")
    row = data.sequence("word1 it's word2 unheard").padded(length=12, vocabulary=20)[0]
    assert passes.shown.unknown == tuple(np.flatnonzero(row == 2))
    assert 11 in passes.shown.unknown
    assert 9 not in passes.shown.unknown
    expected = predicted(texts, row)
    np.testing.assert_allclose([a.probability for a in passes.answers], expected, atol=1e-5)


def test_a_validation_text_is_shown_with_its_words(texts: Sweep, tracer: Tracer) -> None:
    data = load(texts.config.dataset)

    passes = tracer.ask(subject(texts, 0), Example(validation=2))

    words = data.words(data.validation.texts[2])
    assert tuple(word for word in passes.shown.words if word) == words
    assert passes.truth == data.classes[data.validation.y[2]]


def test_two_networks_stay_open_side_by_side(digits: Sweep, texts: Sweep, tracer: Tracer) -> None:
    first = tracer.ask(subject(digits, 0), Example(validation=0))
    other = tracer.ask(subject(texts, 0), Example(validation=0))

    assert tracer.ask(subject(digits, 0), Example(validation=0)) == first
    assert tracer.ask(subject(texts, 0), Example(validation=0)) == other


def test_an_example_of_the_wrong_sort_is_refused(
    digits: Sweep, texts: Sweep, tracer: Tracer
) -> None:
    with pytest.raises(DataError, match="cannot read a text"):
        tracer.ask(subject(digits, 0), Example(text="hello"))
    with pytest.raises(DataError, match="cannot see a picture"):
        tracer.ask(subject(texts, 0), Example(pixels=[[0]]))
    with pytest.raises(DataError, match="none is number 99999"):
        tracer.ask(subject(digits, 0), Example(validation=99_999))


def test_data_that_have_changed_are_not_taken_for_those_of_the_training(
    digits: Sweep, tracer: Tracer
) -> None:
    other = subject(digits, 0).replace(fingerprint="another")

    with pytest.raises(DataError, match="not the one"):
        tracer.ask(other, Example(validation=0))


def test_a_file_that_is_no_network_is_refused(
    digits: Sweep, tracer: Tracer, tmp_path: Path
) -> None:
    (tmp_path / "model.keras").write_bytes(b"PK\x03\x04 not really")

    with pytest.raises(StoreError, match="cannot be opened"):
        tracer.ask(
            subject(digits, 0).replace(model=tmp_path / "model.keras"), Example(validation=0)
        )


def test_a_trial_without_a_network_says_why(digits: Sweep) -> None:
    with pytest.raises(StoreError, match="trial 1 to look into: it failed"):
        subject(digits, 1)
    with pytest.raises(StoreError, match="no trial 17"):
        subject(digits, 17)


def test_the_winners_copy_will_do(digits: Sweep) -> None:
    model = digits.folder.trial(0) / "model.keras"
    content = model.read_bytes()
    model.unlink()
    try:
        (digits.folder.best / "model.keras").write_bytes(content)

        assert subject(digits, 0).model == digits.folder.best / "model.keras"
    finally:
        model.write_bytes(content)


def test_candidates_are_one_of_each_class(digits: Sweep) -> None:
    data = load(digits.config.dataset)

    offered = candidates(digits, 0, n=10)

    assert [candidate.truth for candidate in offered] == list(data.classes)
    for candidate in offered:
        picture = unpacked(candidate.pixels, candidate.shape)
        np.testing.assert_array_equal(picture, data.validation.images[candidate.validation])
        assert candidate.answer == ""


def test_the_surest_mistakes_are_offered_first(digits: Sweep) -> None:
    data = load(digits.config.dataset)
    arrays = digits.folder.trial(0) / "diagnostics" / "arrays.npz"
    kept = arrays.read_bytes()
    try:
        np.savez(arrays, mistake_index=[7, 2, 10**6], mistake_predicted=[3, 1, 0])

        offered = candidates(digits, 0, n=5)
    finally:
        arrays.write_bytes(kept)

    assert [candidate.validation for candidate in offered][:2] == [7, 2]
    assert [candidate.answer for candidate in offered][:2] == ["3", "1"]
    assert offered[0].truth == data.classes[data.validation.y[7]]
    assert len(offered) == 5


def test_texts_are_offered_as_excerpts(texts: Sweep) -> None:
    offered = candidates(texts, 0, n=4)

    assert len(offered) == 4
    assert {candidate.truth for candidate in offered} == {"good", "bad"}
    assert all(candidate.excerpt.endswith("it's") for candidate in offered)
