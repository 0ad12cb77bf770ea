from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hpolab.data import load
from hpolab.errors import DataError
from hpolab.trial import DatasetSpec


def rows(lists: list[list[int]]) -> np.ndarray:
    array = np.empty(len(lists), object)
    array[:] = lists
    return array


def write_imdb(directory: Path, **changes: np.ndarray) -> None:
    lists = [[i + 1, 1, 2] for i in range(20)]
    y = np.arange(20) % 2
    arrays = {"x_train": rows(lists), "y_train": y, "x_test": rows(lists[:10]), "y_test": y[:10]}
    np.savez(directory / "imdb.npz", **(arrays | changes))


def test_ranks_become_ids_as_in_keras_with_the_start_in_front(directory: Path) -> None:
    write_imdb(directory)

    imdb = load(DatasetSpec(name="imdb", directory=directory))

    assert (imdb.kind, imdb.shape, imdb.classes) == ("text", (), ("negative", "positive"))
    assert len(imdb.train) + len(imdb.validation) == 20
    for part in (imdb.train, imdb.validation, imdb.test):
        for ids, label in zip(part.texts, part.y, strict=True):
            assert ids[0] == 1
            assert ids[2:].tolist() == [4, 5]
            assert (ids[1] - 4) % 2 == label


def test_a_text_reads_as_words_again(directory: Path) -> None:
    write_imdb(directory)
    (directory / "imdb_word_index.json").write_text(json.dumps({"the": 1, "film": 2, "bad": 3}))

    imdb = load(DatasetSpec(name="imdb", directory=directory))

    assert imdb.words([0, 0, 1, 4, 5, 6, 2]) == ("the", "film", "bad", "[oov]")
    assert imdb.words(np.array([4, 17], np.int32)) == ("the", "#17")


def test_without_the_list_of_words_a_text_reads_as_numbers(directory: Path) -> None:
    write_imdb(directory)

    imdb = load(DatasetSpec(name="imdb", directory=directory))

    assert imdb.words([1, 4, 5]) == ("#4", "#5")


def test_the_words_are_taken_up_when_they_are_put_there_later(directory: Path) -> None:
    write_imdb(directory)
    load(DatasetSpec(name="imdb", directory=directory))
    (directory / "imdb_word_index.json").write_text(json.dumps({"the": 1}))

    assert load(DatasetSpec(name="imdb", directory=directory)).words([4]) == ("the",)


def test_reuters_has_no_test_part_of_its_own(directory: Path) -> None:
    lists = [[i % 46 + 1, 7] for i in range(46 * 5)]
    np.savez(directory / "reuters.npz", x=rows(lists), y=np.arange(230) % 46)

    reuters = load(DatasetSpec(name="reuters", directory=directory, test=0.2, validation=0.25))

    assert [len(p) for p in (reuters.train, reuters.validation, reuters.test)] == [138, 46, 46]
    assert (len(reuters.classes), reuters.classes[3]) == (46, "earn")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": rows([[1]] * 19)}, "29 texts but 30 labels"),
        ({"x_train": rows([[1]] * 19 + [[]])}, "empty texts"),
        ({"x_train": rows([[1]] * 19 + [[0]])}, "ranks below 1"),
        ({"x_train": rows([[1]] * 19 + ["word"])}, "lists of ranks"),
        ({"x_train": rows([[1]] * 19 + [[2**40]])}, "lists of ranks"),
        ({"y_test": np.full(10, 2)}, r"labels must lie in 0\.\.1"),
    ],
)
def test_a_wrong_text_file_is_explained(directory: Path, changes: dict, message: str) -> None:
    write_imdb(directory, **changes)

    with pytest.raises(DataError, match=message):
        load(DatasetSpec(name="imdb", directory=directory))


def test_a_wrong_list_of_words_is_named(directory: Path) -> None:
    write_imdb(directory)
    (directory / "imdb_word_index.json").write_text("[1, 2]")

    with pytest.raises(DataError, match=r"imdb_word_index\.json"):
        load(DatasetSpec(name="imdb", directory=directory))
