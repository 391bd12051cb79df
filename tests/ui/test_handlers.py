"""What the page does, without a server."""

import io
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import ExifTags, Image

from segdemo.errors import ImageError, UnknownNameError
from segdemo.images import load_photo
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.metrics import CONVENTIONS
from segdemo.ui.handlers import (
    model_of,
    nearest_model,
    segment,
    shows_errors,
)
from segdemo.ui.inputs import UploadedPhoto
from segdemo.ui.viewer import Segmentation, Viewer, shown_size
from segdemo.ui.viewer.data import LONGEST_SHOWN_PX
from segdemo.zoo import find_model, list_models
from tests.ui.visit import ROOT

EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
MODEL = find_model("deeplabv3plus-people_animals")


@pytest.fixture
def photo() -> UploadedPhoto:
    return uploaded(EXAMPLES / "chelsea.jpg")


def uploaded(path: Path) -> UploadedPhoto:
    return UploadedPhoto(load_photo(path), path.read_bytes())


def png(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def test_without_a_mask_there_is_no_score(photo: UploadedPhoto) -> None:
    result = segment(photo, None, MODEL)
    assert result.report is None
    assert result.warning is None
    assert result.segmentation is not None
    assert result.segmentation.prediction.label_map.shape == (300, 451)
    assert "451 x 300" in result.facts


def test_with_a_mask_the_score_names_reading_and_policy(photo: UploadedPhoto) -> None:
    result = segment(photo, (EXAMPLES / "chelsea_mask.png").read_bytes(), MODEL)
    assert result.report is not None
    assert "class ids of &#x27;People and animals&#x27;" in result.report.summary
    assert "Means over" in result.report.policy
    assert {"background", "cat"} <= {row[0] for row in result.report.rows}


def test_the_score_comes_with_errors_and_other_conventions(photo: UploadedPhoto) -> None:
    result = segment(photo, (EXAMPLES / "chelsea_mask.png").read_bytes(), MODEL)
    assert result.report is not None
    assert "Wrong pixels by kind: boundary" in result.report.summary
    assert [row[0] for row in result.report.conventions] == [known.title for known in CONVENTIONS]
    # One photo: what counts as segdemo does prints what segdemo prints.
    assert f"<dt>Mean IoU</dt><dd>{result.report.conventions[0][1]}</dd>" in result.report.summary


def binary_mask() -> bytes:
    with Image.open(EXAMPLES / "chelsea_mask.png") as mask:
        is_cat = np.asarray(mask) == PEOPLE_ANIMALS.class_names.index("cat")
    return png(Image.fromarray(np.uint8(255) * is_cat))


def test_an_ambiguous_mask_can_be_read_another_way(photo: UploadedPhoto) -> None:
    report = segment(photo, binary_mask(), MODEL).report
    assert report is not None
    readings = [key for _, key in report.readings]
    assert report.reading == readings[0]
    assert "binary-255-cat" in readings

    as_cat = segment(photo, binary_mask(), MODEL, reading="binary-255-cat").report

    assert as_cat is not None
    assert as_cat.reading == "binary-255-cat"
    iou = {row[0]: float(row[1]) for row in as_cat.rows}
    assert iou["cat"] > 0.5


def test_a_reading_that_a_new_mask_does_not_allow_is_forgotten(photo: UploadedPhoto) -> None:
    mask = (EXAMPLES / "chelsea_mask.png").read_bytes()
    plain, stale = (
        segment(photo, mask, MODEL),
        segment(photo, mask, MODEL, reading="binary-255-cat"),
    )
    assert stale.report is not None
    assert stale.warning is None
    assert stale.report == plain.report


def test_a_mask_of_a_photo_on_its_side_is_turned_with_it() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    with Image.open(EXAMPLES / "chelsea.jpg") as upright:
        stored = upright.transpose(Image.Transpose.ROTATE_90)
    with Image.open(EXAMPLES / "chelsea_mask.png") as mask:
        turned_mask = png(mask.transpose(Image.Transpose.ROTATE_90))
    contents = png(stored, exif=exif)
    photo = UploadedPhoto(load_photo(contents), contents)

    report = segment(photo, turned_mask, MODEL).report

    assert report is not None
    assert "turned upright" in report.summary


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        (b"no picture", "not a mask"),
        ((EXAMPLES / "astronaut_mask.png").read_bytes(), "512 x 512"),
        ((EXAMPLES / "chelsea.jpg").read_bytes(), "not a mask"),
    ],
    ids=["no picture", "another size", "a photo"],
)
def test_an_unfit_mask_keeps_the_segmentation(
    photo: UploadedPhoto, mask: bytes, reason: str
) -> None:
    result = segment(photo, mask, MODEL)
    assert result.segmentation is not None
    assert result.report is None
    assert result.warning is not None
    assert reason in result.warning


def test_an_unknown_model_is_an_error_that_names_the_others() -> None:
    with pytest.raises(UnknownNameError, match=f"'nothing'.*{list_models()[0].model_id}"):
        model_of(list_models(), "nothing")


def test_a_model_of_another_label_set_is_stood_in_for_by_its_architecture() -> None:
    entries = list_models()
    for entry in entries:
        label_set, architecture = entry.card.label_set, entry.card.architecture
        assert nearest_model(entries, entry.model_id, label_set) == entry
        assert model_of(entries, entry.model_id) == entry
        assert nearest_model(entries, "nothing", label_set).card.label_set == label_set
        for other in {one.card.label_set for one in entries} - {label_set}:
            found = nearest_model(entries, entry.model_id, other).card
            trained = {one.card.architecture for one in entries if one.card.label_set == other}
            assert found.label_set == other
            assert found.architecture == architecture or architecture not in trained


def test_an_unknown_label_set_is_an_error_that_names_the_others() -> None:
    with pytest.raises(UnknownNameError, match=f"'moon'.*{list_models()[0].card.label_set}"):
        nearest_model(list_models(), "nothing", "moon")


def test_errors_for_visitors_become_toasts_and_bugs_stay_bugs() -> None:
    @shows_errors
    def fail(error: Exception) -> None:
        raise error

    with pytest.raises(gr.Error, match="a plain sentence"):
        fail(ImageError("a plain sentence"))
    with pytest.raises(KeyError):
        fail(KeyError("a bug"))


@pytest.mark.parametrize(
    ("size", "shown"),
    [((500, 375), (500, 375)), ((3200, 1600), (1600, 800)), ((1, 6000), (1, 1600))],
)
def test_large_photos_are_shown_smaller(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert shown_size(size) == shown


def test_the_viewer_gives_a_full_size_mask_and_a_smaller_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Image.new("RGB", (2400, 1200), (90, 120, 60))
    result = segment(UploadedPhoto(large, png(large)), None, MODEL)
    viewer = Viewer()
    monkeypatch.setattr(viewer, "GRADIO_CACHE", str(tmp_path))
    data = viewer.postprocess(result.segmentation)
    assert data is not None
    with Image.open(data.photo.path) as shown, Image.open(data.mask.path) as mask:
        assert max(shown.size) == LONGEST_SHOWN_PX
        assert mask.size == large.size
        assert result.segmentation is not None
        assert np.array_equal(np.asarray(mask), result.segmentation.prediction.label_map)
    assert sum(entry.share for entry in data.classes) == pytest.approx(1)


def test_equal_results_never_share_a_file(
    photo: UploadedPhoto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = segment(photo, None, MODEL)
    viewer = Viewer()
    monkeypatch.setattr(viewer, "GRADIO_CACHE", str(tmp_path))
    first, second = (viewer.postprocess(result.segmentation) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.photo.path != second.photo.path


def test_the_viewer_of_nothing_is_empty() -> None:
    assert Viewer().postprocess(None) is None


def test_a_segmentation_is_not_changed_by_showing_it(
    photo: UploadedPhoto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = segment(photo, None, MODEL)
    assert isinstance(result.segmentation, Segmentation)
    before = png(photo.image)
    viewer = Viewer()
    monkeypatch.setattr(viewer, "GRADIO_CACHE", str(tmp_path))
    viewer.postprocess(result.segmentation)
    assert png(photo.image) == before
