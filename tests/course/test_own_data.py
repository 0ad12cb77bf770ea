"""What the lesson on own data works on."""

import csv
from pathlib import Path

import pytest

from hpolab.course import draw_shapes, mislabelled, sheet, thinned, write_reviews
from hpolab.course.own_data import SHAPES
from hpolab.data import load
from hpolab.data.folder import list_images
from hpolab.errors import ConfigError, DataError
from hpolab.trial import DatasetSpec


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    return draw_shapes(tmp_path_factory.mktemp("drawn") / "shapes", each=10)


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Copies stay in the test's own folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HPOLAB_CACHE_DIR", str(tmp_path / "cache"))


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.png")}


def test_drawn_shapes_are_a_data_set_and_the_same_every_time(shapes, tmp_path):
    dataset = load(DatasetSpec(name="images", path=shapes))
    assert dataset.classes == SHAPES
    assert dataset.train.images.shape[1:] == (20, 20, 1)
    assert contents(draw_shapes(tmp_path / "again", each=10)) == contents(shapes)
    assert contents(draw_shapes(tmp_path / "other", each=10, seed=1)) != contents(shapes)


def test_what_else_is_in_the_folder_is_left_alone(tmp_path):
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "mine.txt").write_text("mine")
    draw_shapes(tmp_path, each=3)
    assert (tmp_path / "circle" / "mine.txt").read_text() == "mine"


def test_too_few_pictures_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="each >= 3"):
        draw_shapes(tmp_path / "shapes", each=2)


def test_a_sheet_has_a_row_for_each_class(shapes):
    picture = sheet(shapes, each=5)
    assert picture.width * 3 == picture.height * 5


@pytest.mark.parametrize(("share", "wrong"), [(0.0, 0), (0.4, 4), (1.0, 10)])
def test_wrong_labels_are_made_in_a_copy(shapes, share, wrong):
    before = contents(shapes)
    copy = mislabelled(shapes, share)
    found = list_images(copy)
    for at, name in enumerate(SHAPES):
        strangers = [path for path in found[name] if not path.name.startswith(name)]
        assert len(strangers) == wrong
        assert all(path.name.startswith(SHAPES[at - 1]) for path in strangers)
    assert sorted(contents(copy).values()) == sorted(before.values())
    assert contents(shapes) == before


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_of_labels_that_cannot_be_is_refused(shapes, share):
    with pytest.raises(ConfigError, match="0 <= share <= 1"):
        mislabelled(shapes, share)


def test_a_class_is_thinned_out_in_a_copy_and_refused_when_too_small(shapes):
    copy = thinned(shapes, keep=2)
    assert [len(files) for files in list_images(copy).values()] == [10, 10, 2]
    assert len(list_images(shapes)["triangle"]) == 10
    with pytest.raises(DataError, match="'triangle' has 2"):
        load(DatasetSpec(name="images", path=copy))


def test_reviews_are_a_data_set_in_which_no_word_gives_the_label_away(tmp_path):
    path = write_reviews(tmp_path / "reviews.csv")
    dataset = load(DatasetSpec(name="texts", path=path))
    assert (dataset.kind, dataset.classes) == ("text", ("blame", "praise"))
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for word in ("good", "awful", "not", "soup"):
        labels = [row["label"] for row in rows if word in row["text"].split()]
        assert labels.count("praise") == labels.count("blame")
