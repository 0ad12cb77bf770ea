"""The index of the course in the lab: what it lists, and where the notebooks are."""

import pytest

from hpolab.course.lessons import copy_course, lessons
from hpolab_widgets import Contents, Lab, LabState
from hpolab_widgets.public import PublicHost


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_index_lists_every_lesson_with_its_idea_and_its_minutes(here):
    drawn = Contents().view["lessons"]
    assert [each["title"] for each in drawn] == [lesson.title for lesson in lessons()]
    assert all(each["idea"] and each["minutes"] for each in drawn)


@pytest.mark.parametrize("place", [".", "course", "notebooks/course", "hpolab-course"])
def test_lessons_near_the_notebook_are_found(here, place):
    copy_course(here / place)
    assert Contents().view["place"] == place


def test_lessons_beside_the_folder_of_the_notebook_are_found(here, monkeypatch):
    copy_course(here / "course")
    (here / "own").mkdir()
    monkeypatch.chdir(here / "own")
    assert Contents().view["place"] == "../course"


def test_where_no_lesson_is_near_the_index_says_how_to_get_them(here):
    view = Contents().view
    assert view["place"] is None
    assert view["commands"][1:] == ["hpolab course", "jupyter lab hpolab-course"]


def test_a_stranger_is_told_to_install_first(here):
    panel = Contents(LabState(host=PublicHost(root=here)))
    assert panel.view["is_own"] is False
    assert panel.view["commands"][0] == "pip install 'hpolab[lab]'"


def test_the_course_is_a_page_of_the_lab(here):
    lab = Lab()
    lab.state.page = "course"
    assert any(isinstance(child, Contents) for box in lab.children[1:] for child in box.children)
    lab.close()
