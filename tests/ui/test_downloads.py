"""Files that the page hands out on demand."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import UnknownNameError
from segdemo.images import load_photo
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.masks import read_mask
from segdemo.predictor import predictor_of
from segdemo.ui.exports import EXPORTS, Result, ViewSettings, settings_of, write_export
from segdemo.ui.inputs import UploadedPhoto
from segdemo.uncertainty import certainty
from segdemo.zoo import find_model, sha256
from tests.ui.visit import ROOT, Visit

EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
CAT = PEOPLE_ANIMALS.class_names.index("cat")


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    path = EXAMPLES / "chelsea.jpg"
    photo = UploadedPhoto(load_photo(path), path.read_bytes())
    entry = find_model("deeplabv3plus-people_animals")
    return Result(photo, predictor_of(entry).predict(photo.image), entry, ViewSettings())


def with_view(result: Result, view: ViewSettings) -> Result:
    return Result(result.photo, result.prediction, result.entry, view)


def test_facts_name_areas_settings_and_the_weights_digest(result: Result) -> None:
    view = ViewSettings(opacity=0.25, shown=frozenset({CAT}))
    facts = json.loads(write_export("json", with_view(result, view)).read_text())
    pixels = {area["name"]: area["pixels"] for area in facts["areas"]}
    assert pixels["cat"] == (result.prediction.label_map == CAT).sum()
    assert sum(pixels.values()) == result.prediction.label_map.size
    assert facts["settings"]["opacity"] == 0.25
    assert facts["settings"]["shown"] == ["cat"]
    onnx = result.entry.onnx_path
    assert onnx is not None
    assert facts["weights"] == {"file": onnx.name, "sha256": sha256(onnx)}
    sure = certainty(result.logits, shape=(300, 451))
    assert facts["mean"]["entropy"] == pytest.approx(float(sure.entropy.mean()))


def test_run_lengths_are_read_back_exactly(result: Result) -> None:
    truth = read_mask(write_export("coco", result), PEOPLE_ANIMALS)
    assert np.array_equal(truth.label_map, result.prediction.label_map)


def test_probabilities_lead_to_the_same_classes(result: Result) -> None:
    with np.load(write_export("probabilities", result)) as file:
        probs, names = file["probabilities"].astype(np.float32), file["class_names"]
    assert tuple(names) == PEOPLE_ANIMALS.class_names
    assert (probs.argmax(axis=0) == result.prediction.label_map).mean() > 0.999
    np.testing.assert_allclose(probs.sum(axis=0), 1, atol=5e-3)


def test_the_overlay_shows_what_the_viewer_shows(result: Result) -> None:
    view = ViewSettings(opacity=1.0, shown=frozenset({CAT}), safe=True)
    with Image.open(write_export("overlay", with_view(result, view))) as file:
        picture = np.asarray(file).astype(int)
    photo = np.asarray(result.photo.image).astype(int)
    is_cat = result.prediction.label_map == CAT
    assert np.abs(picture - photo)[~is_cat].mean() < 6  # JPEG
    assert np.abs(picture - (230, 159, 0))[is_cat].mean() < 6


def test_every_file_has_a_folder_of_its_own(result: Result) -> None:
    paths = [write_export(kind, result) for kind in EXPORTS for _ in range(2)]
    assert len({path.parent for path in paths}) == len(paths)


def test_an_unknown_kind_is_an_error_that_names_the_others(result: Result) -> None:
    with pytest.raises(UnknownNameError, match="Choose one of: overlay, json"):
        write_export("../secret", result)


@pytest.mark.parametrize(
    ("request_", "settings"),
    [
        ({}, ViewSettings()),
        ({"opacity": 30, "shown": [1], "safe": True}, ViewSettings(0.3, frozenset({1}), True)),
        ({"opacity": 1e9, "shown": "all", "safe": "yes"}, ViewSettings()),
        ({"opacity": -5, "shown": [None, "x", 2]}, ViewSettings(0.0, frozenset({2}))),
    ],
    ids=["nothing", "usual", "nonsense", "half nonsense"],
)
def test_settings_that_make_no_sense_become_the_usual(
    request_: dict, settings: ViewSettings
) -> None:
    assert settings_of(request_) == settings


def test_the_page_hands_out_every_kind(visit: Visit, tmp_path: Path) -> None:
    visit.choose_example("A cat")
    for kind, (suffix, _) in EXPORTS.items():
        with visit.page.expect_download() as download:
            visit.page.locator(f"#viewer [data-kind={kind}]").click()
        assert download.value.suggested_filename == f"deeplabv3plus-people_animals-{suffix}"
        download.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).stat().st_size > 500
    assert read_mask(tmp_path / "coco", PEOPLE_ANIMALS).label_map.shape == (300, 451)
