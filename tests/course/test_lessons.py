"""The index of the course: one home of titles and ideas, and the way into a learner's folder."""

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from hpolab.course.lessons import copy_course, lessons, lessons_folder
from hpolab.errors import ConfigError, StoreError

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| \[(.+)\]\(notebooks/course/(.+\.ipynb)\) \| (.+) \|$", re.MULTILINE)


def written(folder, name="01_one.ipynb", *, heading="# 1. One", idea="an idea", code=()):
    cells = [{"cell_type": "markdown", "source": [heading]}]
    cells += [{"cell_type": "code", "source": [source]} for source in code]
    metadata = {"hpolab": {"idea": idea}} if idea else {}
    (folder / name).write_text(json.dumps({"cells": cells, "metadata": metadata}))


def test_the_readme_lists_every_lesson_with_its_title_and_idea():
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert rows == [(lesson.title, lesson.file, lesson.idea) for lesson in lessons()]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.file)
def test_a_lesson_has_its_number_an_idea_and_a_length_that_one_sits_through(lesson):
    assert lesson.title.startswith(f"{int(lesson.file[:2])}. ")
    assert 10 <= len(lesson.idea) <= 80, "write metadata.hpolab.idea into the notebook"
    assert not lesson.idea.endswith(".")
    assert 5 <= lesson.minutes <= 20


def test_every_lesson_leads_to_the_next_one_that_is_there():
    there = lessons()
    for lesson, following in pairwise(there):
        notebook = (lessons_folder() / lesson.file).read_text(encoding="utf-8")
        if int(following.file[:2]) == int(lesson.file[:2]) + 1:
            assert f"Next: [{following.title}]({following.file})" in notebook


def test_titles_and_ideas_come_from_the_notebooks_alone(tmp_path):
    written(tmp_path, "02_two.ipynb", heading="# 2. Two", idea="another")
    written(tmp_path)
    assert [lesson[:3] for lesson in lessons(tmp_path)] == [
        ("01_one.ipynb", "1. One", "an idea"),
        ("02_two.ipynb", "2. Two", "another"),
    ]


def test_a_lesson_with_more_to_do_takes_longer(tmp_path):
    written(tmp_path, "01_short.ipynb")
    written(tmp_path, "02_long.ipynb", code=['Challenge(x, "Break it.", y)', 'check("a")'] * 4)
    short, long = lessons(tmp_path)
    assert short.minutes == 5
    assert long.minutes == 15


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"cells": [{}], "metadata": {}}'])
def test_a_damaged_lesson_is_named(tmp_path, content):
    (tmp_path / "01_one.ipynb").write_text(content)
    with pytest.raises(StoreError, match="01_one"):
        lessons(tmp_path)


def test_an_installation_without_lessons_says_so(tmp_path):
    with pytest.raises(StoreError, match="install hpolab again"):
        lessons(tmp_path)


def test_the_course_is_copied_once_and_never_over_what_a_learner_wrote(tmp_path):
    files = tuple(lesson.file for lesson in lessons())
    place = tmp_path / "mine" / "course"
    assert copy_course(place) == (files, (), ())
    assert copy_course(place) == ((), files, ())
    (place / files[0]).write_text("my answers")
    (place / files[1]).unlink()
    assert copy_course(place) == ((files[1],), files[2:], (files[0],))
    assert (place / files[0]).read_text() == "my answers"
    assert (place / files[1]).read_bytes() == (lessons_folder() / files[1]).read_bytes()


def test_a_wheel_has_the_lessons_where_they_are_looked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "notebooks/course" in wheel["only-include"]
    assert wheel["sources"]["notebooks/course"] == "hpolab/course/lessons"


def test_a_file_is_no_place_for_the_course(tmp_path):
    (tmp_path / "course").write_text("")
    with pytest.raises(ConfigError, match="is a file"):
        copy_course(tmp_path / "course")
