"""``hpolab course``: the lessons in a folder of one's own, and how they are opened."""

import pytest

from hpolab.course.lessons import lessons


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_course_comes_into_a_folder_and_says_how_to_open_it(hpolab, here):
    result = hpolab("course")
    assert result.exit_code == 0
    assert f"wrote {len(lessons())} lessons to hpolab-course" in result.stdout
    assert "jupyter lab hpolab-course" in result.stdout
    assert len(list((here / "hpolab-course").glob("*.ipynb"))) == len(lessons())


def test_what_a_learner_wrote_is_kept_and_named(hpolab, here):
    hpolab("course", "mine")
    first = lessons()[0].file
    (here / "mine" / first).write_text("my answers")
    result = hpolab("course", "mine")
    assert result.exit_code == 0
    assert f"left yours as they are: {first}" in result.stdout
    assert (here / "mine" / first).read_text() == "my answers"


def test_without_jupyterlab_it_says_what_to_install(hpolab, here, monkeypatch):
    monkeypatch.setattr("hpolab.cli.course_command.find_spec", lambda _: None)
    assert "pip install 'hpolab[lab]'" in hpolab("course").stdout


def test_the_lessons_can_be_listed_without_copying_any(hpolab, here):
    result = hpolab("course", "--list")
    for lesson in lessons():
        assert lesson.title in result.stdout
    assert list(here.iterdir()) == []


def test_a_file_is_refused_as_a_folder(hpolab, here):
    (here / "course").write_text("")
    result = hpolab("course", "course")
    assert result.exit_code == 2
    assert "is a file" in result.stderr
