"""The README's examples for other programs, run as they stand there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from segdemo.evaluation import Pair
from segdemo.reporting import evaluate_pair
from segdemo.zoo import find_model
from tests.ui.visit import ROOT

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
ADDRESS = "http://127.0.0.1:7860"
MODEL = "deeplabv3plus-people_animals"


def example(language: str, app_url: str) -> str:
    """The block of the section 'From other programs' in a language, for this server."""
    section = README.partition("## From other programs")[2].partition("\n## ")[0]
    (block,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert ADDRESS in block
    assert MODEL in block
    return block.replace(ADDRESS, app_url)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copyfile(EXAMPLES / "chelsea.jpg", tmp_path / "photo.jpg")
    shutil.copyfile(EXAMPLES / "chelsea_mask.png", tmp_path / "mask.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_for_python_prints_scores(
    folder: Path, app_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(example("python", app_url), {})
    pair = Pair("photo", folder / "photo.jpg", folder / "mask.png")
    expected = evaluate_pair(find_model(MODEL), pair)["mean_iou"]
    assert f"\n{expected} " in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_example_for_curl_prints_facts(folder: Path, app_url: str) -> None:
    answer = subprocess.run(
        ["bash", "-c", example("bash", app_url)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert answer.startswith("event: complete")
    facts, mask = json.loads(answer.partition("data: ")[2])
    assert (facts["model"], facts["width"], facts["height"]) == (MODEL, 451, 300)
    assert mask["url"].endswith(f"{MODEL}-mask.png")
