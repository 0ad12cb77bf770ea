"""The app as a visitor meets it."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from importlib.resources import files
from pathlib import Path

import pytest

from hpolab.course.lessons import lessons

from .conftest import free_port, get, tool, wait_until_answered
from .lab_page import PATIENCE, assert_fits, go_to, wait_for_lab

pytestmark = pytest.mark.browser
KERNELS = "(await (await fetch('health')).json()).kernels"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_app_opens_with_the_example_and_fits_the_window(
    app_url, open_page, width, height, scheme
):
    page = open_page(app_url, width=width, height=height, color_scheme=scheme)
    wait_for_lab(page)
    assert page.get_by_text("digits-example", exact=True).first.is_visible()
    page.get_by_text("24 trials").first.wait_for(timeout=PATIENCE)
    assert page.title() == "hpolab"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.documentElement.dataset.hpoTheme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not page.locator("#hpo-wait").is_visible()


def test_the_pages_of_the_lab_are_reached_by_keyboard(app_url, open_page):
    page = open_page(app_url)
    wait_for_lab(page)
    page.get_by_role("button", name="New sweep").focus()
    page.keyboard.press("Enter")
    page.locator('[aria-current="page"]', has_text="New sweep").wait_for(timeout=PATIENCE)


def test_the_switch_of_light_and_dark_is_remembered(app_url, open_page):
    page = open_page(app_url, color_scheme="light")
    wait_for_lab(page)
    page.get_by_role("button", name="Switch to dark colours").click()
    assert page.evaluate("document.documentElement.dataset.hpoTheme") == "dark"
    page.reload(wait_until="commit")
    wait_for_lab(page)
    assert page.evaluate("document.documentElement.dataset.hpoTheme") == "dark"


def test_a_browser_keeps_the_number_of_its_visitor(app_url, open_page):
    page = open_page(app_url)
    number = "localStorage.getItem('hpolab-visitor')"
    wait_for_lab(page)
    page.wait_for_function(f"/^[0-9a-f]{{32}}$/.test({number})", timeout=PATIENCE)
    before = page.evaluate(number)
    page.reload(wait_until="commit")
    wait_for_lab(page)
    assert page.evaluate(number) == before


def test_the_course_is_listed_with_the_way_to_its_notebooks_and_fits(app_url, open_page):
    page = open_page(app_url)
    wait_for_lab(page)
    go_to(page, "Course")
    for lesson in lessons():
        page.get_by_text(lesson.title, exact=True).wait_for(timeout=PATIENCE)
    assert page.get_by_role("link", name=lessons()[0].title).count() == 0  # it would lead nowhere
    page.get_by_text("hpolab course").wait_for(timeout=PATIENCE)
    assert_fits(page)


def test_the_kernel_of_a_page_that_is_left_ends(start_app, open_page):
    url = start_app()
    page = open_page(url)
    wait_for_lab(page)
    page.wait_for_function(f"async () => {KERNELS} === 2", timeout=PATIENCE)  # and one in waiting
    for _ in range(2):
        page.reload(wait_until="commit")
        wait_for_lab(page)
    page.wait_for_function(f"async () => {KERNELS} === 2", timeout=PATIENCE)


def test_the_health_check_counts_what_runs(app_url):
    health = json.loads(get(f"{app_url}health"))
    assert health["status"] == "ok"
    assert health["sweeps"] == 0
    assert health["kernels"] >= 0


@pytest.mark.parametrize(
    "path",
    ["nothing", "app.ipynb", "voila/files/app.ipynb", "voila/files/server.py", "../../etc/passwd"],
)
def test_what_is_not_there_is_refused_without_a_path_of_the_host(app_url, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{app_url}{path}", timeout=10)
    text = refusal.value.read().decode()
    assert refusal.value.code == 404
    assert "There is nothing here" in text
    assert "Traceback" not in text
    assert str(Path(__file__).parents[2]) not in text


def test_the_app_is_whole_behind_nginx_under_a_path_of_its_own(start_app, open_page, tmp_path):
    nginx = tool("nginx")
    app = start_app("--public", base_url="/lab/")
    port = free_port()
    url = f"http://127.0.0.1:{port}/lab/"
    conf = files("hpolab_widgets").joinpath("app", "deploy", "nginx.conf").read_text()
    conf = conf.replace("listen 80;", f"listen 127.0.0.1:{port};")
    conf = conf.replace("http://127.0.0.1:8866", app.removesuffix("/lab/"))
    temporary = " ".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; daemon off; events {{}} "
        f"http {{ access_log off; {temporary} {conf} }}"
    )
    process = subprocess.Popen([nginx, "-p", tmp_path, "-c", tmp_path / "nginx.conf"])
    try:
        wait_until_answered(f"{url}health")
        page = open_page(url)
        wait_for_lab(page)
        go_to(page, "All sweeps")  # there and back over the websocket
        page.context.close()
    finally:
        process.terminate()
        process.wait(timeout=10)
