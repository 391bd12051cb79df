"""What is light to import stays light: checked in a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def loaded_modules(statement: str) -> set[str]:
    """Top-level modules that a fresh process has loaded after a statement."""
    answer = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT,
        env=os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"},
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in answer.stdout.split()}


@pytest.mark.parametrize("module", ["segdemo", "segdemo.metrics", "segdemo.cli", "segdemo.zoo"])
def test_importing_loads_neither_torch_nor_gradio(module: str) -> None:
    assert not {"torch", "timm", "gradio", "onnxruntime"} & loaded_modules(f"import {module}")


def test_metrics_load_numpy_alone() -> None:
    loaded = loaded_modules("import segdemo.metrics")
    assert "numpy" in loaded
    assert not {"PIL", "matplotlib", "pandas"} & loaded


def test_the_page_is_built_and_a_photo_segmented_without_torch() -> None:
    statement = (
        "import app\n"
        "from PIL import Image\n"
        "from segdemo.predictor import load_predictor\n"
        "from segdemo.zoo import list_models\n"
        "load_predictor(list_models()[0].model_id).predict(Image.new('RGB', (64, 48)))"
    )
    loaded = loaded_modules(statement)
    assert "onnxruntime" in loaded
    assert not {"torch", "torchvision", "timm"} & loaded


def test_a_model_is_timed_without_torch() -> None:
    assert not {"torch", "torchvision"} & loaded_modules("import segdemo.bench.single")
