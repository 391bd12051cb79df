"""What the documents state is what the commands print."""

import re
from pathlib import Path

import pytest

from segdemo.downloads import DOWNLOADS
from segdemo.models import list_architectures
from segdemo.tables import conventions_table, weights_readme, zoo_table
from segdemo.timings import read_timings
from segdemo.ui.texts import ARCHITECTURE_NAMES
from segdemo.zoo import WEIGHTS_DIR, list_models
from tests.cards import bundled_models

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BUNDLED = {entry.model_id for entry in bundled_models()}


def test_the_zoo_table_is_the_printed_one() -> None:
    assert zoo_table(bundled_models(), read_timings()) in README


def test_the_weights_page_is_the_printed_one() -> None:
    page = (WEIGHTS_DIR / "README.md").read_text("utf-8")
    assert page == weights_readme(bundled_models(), read_timings())


def test_the_table_of_conventions_is_the_printed_one() -> None:
    assert conventions_table() in README


def test_every_model_was_timed() -> None:
    timings = read_timings()
    assert timings is not None
    own = {entry.model_id for entry in list_models()} - BUNDLED
    assert set(timings.model_ms) - own == BUNDLED


def test_the_space_s_front_matter_fits_the_requirements() -> None:
    front_matter = README.split("---")[1]
    fields = dict(line.split(": ", 1) for line in front_matter.strip().splitlines())
    assert fields["sdk"] == "gradio"
    assert fields["app_file"] == "app.py"
    version = tuple(int(part) for part in fields["sdk_version"].strip('"').split("."))
    assert (6, 31) <= version < (7,)


def test_every_picture_and_file_that_the_readme_names_is_there() -> None:
    for path in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_every_architecture_has_a_name_for_visitors() -> None:
    fetched = [download.card.architecture for download in DOWNLOADS]
    assert sorted(ARCHITECTURE_NAMES) == sorted([*list_architectures(), *fetched])


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in ROOT.rglob("*")
        if path.suffix in {".py", ".md", ".txt", ".toml", ".sh", ".js", ".css", ".html"}
        and not {".venv", "runs", ".git"} & set(path.relative_to(ROOT).parts)
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_file_carries_a_path_of_one_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    for trace in ("/" + "work/", "/" + "root/", "/" + "home/"):
        assert trace not in text
