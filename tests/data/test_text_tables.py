from __future__ import annotations

from pathlib import Path

import pytest

from hpolab.data import check, kind_of, load
from hpolab.errors import DataError
from hpolab.trial import DatasetSpec


def write(path: Path, text: str, *, encoding: str = "utf-8") -> DatasetSpec:
    path.write_bytes(text.encode(encoding))
    return DatasetSpec(name="texts", path=path)


def some_rows(n: int = 20) -> str:
    kinds = (("good", "it's a fine, fine film"), ("bad", "a dull film number"))
    rows = [f'"{kinds[i % 2][1]} w{i}",{kinds[i % 2][0]}' for i in range(n)]
    return "text,label\n" + "\n".join(rows) + "\n"


def test_texts_become_sequences_and_read_as_words_again(tmp_path: Path) -> None:
    spec = write(tmp_path / "reviews.csv", some_rows())

    data = load(spec)

    assert kind_of(spec) == data.kind == "text"
    assert data.classes == ("bad", "good")
    assert [len(p) for p in (data.train, data.validation, data.test)] == [14, 3, 3]
    for part in (data.train, data.validation, data.test):
        for ids, label in zip(part.texts, part.y, strict=True):
            words = " ".join(data.words(ids))
            assert words.startswith(("a dull film number", "it's a fine fine film")[label])


def test_ranks_follow_the_training_part_alone(tmp_path: Path) -> None:
    data = load(write(tmp_path / "reviews.csv", some_rows()))

    counts: dict[str, int] = {}
    for ids in data.train.texts:
        for word in data.words(ids):
            counts[word] = counts.get(word, 0) + 1
    by_rank = sorted(counts, key=lambda word: (-counts[word], word))
    assert data.words(range(4, 4 + len(counts))) == tuple(by_rank)
    # a word that only a test text shows can be read, but a network sees it as unknown
    unseen = [i for ids in data.test.texts for i in ids if i >= 4 + len(counts)]
    assert unseen
    padded = data.test.texts.padded(length=10, vocabulary=10_000)
    assert padded.max() < 4 + len(counts)
    assert (padded == 2).sum() == len(unseen)


@pytest.mark.parametrize(
    "text",
    [
        "label;Text \n" + "".join(f"{i % 2};word, w{i}\n" for i in range(8)),
        "id\ttext\tlabel\n" + "".join(f"9\tword, w{i}\t{i % 2}\n" for i in range(8)),
        "\ufefftext,label\r\n" + "".join(f'"word,\r\nw{i}",{i % 2}\r\n' for i in range(8)),
    ],
)
def test_usual_dialects_are_understood(tmp_path: Path, text: str) -> None:
    data = load(write(tmp_path / "t.csv", text))

    assert data.classes == ("0", "1")
    assert set(data.words(data.train.texts[0])) & {f"w{i}" for i in range(8)}
    assert "word" in data.words(data.train.texts[0])


def test_numbers_as_labels_are_in_numerical_order(tmp_path: Path) -> None:
    text = "text,label\n" + "".join(f"word {i},{(2, 10, 1)[i % 3]}\n" for i in range(12))

    assert load(write(tmp_path / "t.csv", text)).classes == ("1", "2", "10")


def test_a_text_of_signs_alone_is_still_a_text(tmp_path: Path) -> None:
    data = load(write(tmp_path / "t.csv", some_rows() + ":-),good\n" * 5))

    said = [data.words(ids) for p in (data.train, data.validation, data.test) for ids in p.texts]
    assert said.count((":-)",)) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("review,stars\na,1\n", "needs the columns text and label.*'review,stars'"),
        ("", "needs the columns text and label"),
        ("text,label\n", "holds no row"),
        (some_rows() + ",good\n", "row 21 has an empty text"),
        (some_rows() + "'  ',good\n  ,bad", "row 22 has an empty text"),
        (some_rows() + "nice,\n", "row 21 has an empty label"),
        (some_rows() + "nice\n", "row 21 has 1 fields, too few"),
        (some_rows() + '"' + "x" * 140_000 + '",good\n', "field larger than field limit"),
        ("text,label\na,1\nb,1\nc,1\n", "at least two classes"),
        ("text,label\na,1\nb,1\nc,1\nd,2\n", "'2' has 1: at least 3"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(write(tmp_path / "t.csv", text))


def test_another_encoding_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"t\.csv cannot be read as CSV in UTF-8"):
        load(write(tmp_path / "t.csv", some_rows() + "schön,good\n", encoding="latin-1"))
    with pytest.raises(DataError, match=r"absent\.csv is not there"):
        check(DatasetSpec(name="texts", path=tmp_path / "absent.csv"))


def test_a_table_without_the_columns_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs the columns"):
        check(write(tmp_path / "t.csv", "a,b\n"))
