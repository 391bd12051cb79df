"""A visitor's way through the page, in a real browser."""

import math
import os
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import expect

from segdemo.evaluation import assess_pair
from segdemo.images import load_photo
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.masks import read_mask
from segdemo.predictor import load_predictor
from segdemo.reporting import shown_number
from segdemo.zoo import list_models
from tests.ui.visit import ROOT, Visit

EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
SHARED_DATA = Path(os.environ.get("SEGDEMO_DATA", ROOT.parent / "shared" / "data"))
STREET_TEST = SHARED_DATA / "street" / "test"


def legend(visit: Visit) -> list[str]:
    return visit.page.locator("#viewer .legend .chip").all_inner_texts()


def choose(visit: Visit, control: str, name: str) -> None:
    visit.page.locator(control).get_by_label(name, exact=True).check()


def choose_label_set(visit: Visit, title: str) -> None:
    """Choose a label set, and wait for its architectures to be offered."""
    choose(visit, "#label-set", title)
    wanted = [entry for entry in list_models() if entry.card.labels.title == title]
    expect(visit.page.locator("#architecture label")).to_have_count(len(wanted))


def expected_scores(
    photo: Path, mask: Path, model_id: str, *, reading: str | None = None
) -> dict[str, str]:
    """IoU per class by the library, as the page writes it."""
    predictor = load_predictor(model_id)
    truth = read_mask(mask, predictor.labels, reading=reading)
    scores = assess_pair(predictor.predict(load_photo(photo)), truth).scores
    return {
        name: shown_number(value)
        for name, value in zip(scores.class_names, scores.iou_per_class, strict=True)
        if not math.isnan(value)
    } | {"mean": shown_number(scores.mean_iou)}


def shown_scores(visit: Visit) -> dict[str, str]:
    """IoU per class as the page shows it."""
    visit.page.locator("#score-summary dd").first.wait_for()
    visit.page.locator("#score-table [data-index='0']").wait_for()
    rows = visit.page.locator("#score-table [role=row][data-index]").all()
    cells = [row.locator("[role=gridcell]").all_inner_texts() for row in rows]
    return {row[0].strip(): row[1].strip() for row in cells} | {
        "mean": visit.page.locator("#score-summary dd").first.inner_text()
    }


def test_an_uploaded_photo_is_segmented(visit: Visit) -> None:
    visit.upload_photo(EXAMPLES / "chelsea.jpg")
    visit.wait_for_result()
    assert any(entry.startswith("cat ") for entry in legend(visit))
    assert "DeepLabV3+" in visit.page.locator("#facts").inner_text()
    visit.screenshot("segment-light")


def test_the_canvas_holds_the_library_s_label_map(visit: Visit) -> None:
    visit.upload_photo(EXAMPLES / "chelsea.jpg")
    visit.wait_for_result()
    prediction = load_predictor("deeplabv3plus-people_animals").predict(
        load_photo(EXAMPLES / "chelsea.jpg")
    )
    expected = prediction.labels.palette[prediction.label_map]
    assert np.array_equal(visit.pixels()[..., :3], expected)


def test_switching_the_architecture_runs_it_on_the_same_photo(visit: Visit) -> None:
    choose_label_set(visit, "Street")
    visit.upload_photo(EXAMPLES / "astronaut.jpg")
    result = visit.wait_for_result()
    for name in ("FCN", "PSPNet"):
        choose(visit, "#architecture", name)
        result = visit.wait_for_result(result)
        visit.page.locator("#facts strong", has_text=name).wait_for()


def test_every_model_can_be_chosen(visit: Visit) -> None:
    offered = set()
    for title in visit.page.locator("#label-set label").all_inner_texts():
        choose_label_set(visit, title.strip())
        names = visit.page.locator("#architecture label").all_inner_texts()
        offered |= {(title, name.strip()) for name in names}
    assert len(offered) == len(list_models())


def test_opacity_and_classes_change_the_picture_without_a_request(visit: Visit) -> None:
    visit.upload_photo(EXAMPLES / "chelsea.jpg")
    visit.wait_for_result()
    visit.forget_requests()
    visit.page.locator("#viewer .opacity").fill("30")
    opacity = "getComputedStyle(document.querySelector('#viewer canvas')).opacity"
    assert visit.page.evaluate(opacity) == "0.3"
    before = visit.pixels()
    button = visit.page.locator("#viewer .chip", has_text="cat")
    button.click()
    after = visit.pixels()
    assert button.get_attribute("aria-pressed") == "false"
    changed = (before != after).any(axis=-1)
    assert changed.any()
    assert (after[changed] == 0).all()
    button.click()
    assert np.array_equal(visit.pixels(), before)
    visit.page.locator("#viewer .layers").get_by_text("Photo").click()
    assert not visit.page.locator("#viewer canvas").is_visible()
    assert visit.asked_requests() == []


def test_the_pointer_names_the_class_under_it(visit: Visit) -> None:
    visit.upload_photo(EXAMPLES / "chelsea.jpg")
    visit.wait_for_result()
    box = visit.page.locator("#viewer canvas").bounding_box()
    assert box is not None
    visit.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    assert visit.page.locator("#viewer .tip").inner_text() == "cat"


def test_the_downloaded_mask_holds_the_class_ids(visit: Visit, tmp_path: Path) -> None:
    visit.upload_photo(EXAMPLES / "astronaut.jpg")
    visit.wait_for_result()
    with visit.page.expect_download() as download:
        visit.page.locator("#viewer .download").click()
    download.value.save_as(tmp_path / "mask.png")
    prediction = load_predictor("deeplabv3plus-people_animals").predict(
        load_photo(EXAMPLES / "astronaut.jpg")
    )
    assert download.value.suggested_filename == "deeplabv3plus-people_animals-mask.png"
    with Image.open(tmp_path / "mask.png") as mask:
        assert np.array_equal(np.asarray(mask), prediction.label_map)


def test_a_mask_gives_the_library_s_scores(visit: Visit) -> None:
    photo, mask = EXAMPLES / "astronaut.jpg", EXAMPLES / "astronaut_mask.png"
    visit.upload_photo(photo)
    result = visit.wait_for_result()
    visit.upload_mask(mask)
    visit.wait_for_result(result)
    assert shown_scores(visit) == expected_scores(photo, mask, "deeplabv3plus-people_animals")
    visit.screenshot("score-light")


def test_an_ambiguous_mask_can_be_read_another_way(visit: Visit, tmp_path: Path) -> None:
    photo, binary = EXAMPLES / "chelsea.jpg", tmp_path / "binary.png"
    with Image.open(EXAMPLES / "chelsea_mask.png") as mask:
        is_cat = np.asarray(mask) == PEOPLE_ANIMALS.class_names.index("cat")
    Image.fromarray(np.uint8(255) * is_cat).save(binary)
    visit.upload_photo(photo)
    result = visit.wait_for_result()
    visit.upload_mask(binary)
    result = visit.wait_for_result(result)
    choose(visit, "#reading", "binary mask, 255 = 'cat'")
    visit.wait_for_result(result)
    expected = expected_scores(
        photo, binary, "deeplabv3plus-people_animals", reading="binary-255-cat"
    )
    visit.page.locator("#score-summary", has_text=expected["mean"]).wait_for()
    assert shown_scores(visit) == expected


def test_the_page_shows_what_other_libraries_would_print(visit: Visit) -> None:
    visit.page.locator("#examples button").first.click()
    visit.wait_for_result()
    expected = shown_scores(visit)["mean"]
    visit.page.locator("#conventions > button").click()
    row = visit.page.locator("#conventions-table tbody tr").first
    row.wait_for()
    assert row.locator("td").first.inner_text() == expected
    visit.screenshot("conventions")


def test_an_example_brings_its_photo_and_mask(visit: Visit) -> None:
    visit.page.locator("#examples button").first.click()
    visit.wait_for_result()
    photo, mask = EXAMPLES / "chelsea.jpg", EXAMPLES / "chelsea_mask.png"
    assert shown_scores(visit) == expected_scores(photo, mask, "deeplabv3plus-people_animals")


def test_a_photo_from_a_phone_is_segmented(visit: Visit, tmp_path: Path) -> None:
    heic = tmp_path / "photo.heic"
    with Image.open(EXAMPLES / "chelsea.jpg") as photo:
        pillow_heif.from_pillow(photo).save(heic, quality=80)
    visit.upload_photo(heic)
    visit.wait_for_result()
    assert any(entry.startswith("cat ") for entry in legend(visit))


def test_a_mask_of_another_label_set_is_told_apart(visit: Visit) -> None:
    visit.page.locator("#examples button").first.click()
    result = visit.wait_for_result()
    visit.page.locator("#score-summary dd").first.wait_for()
    choose(visit, "#label-set", "Street")
    visit.wait_for_result(result)
    toast = visit.page.get_by_test_id("toast-body").first
    toast.wait_for()
    assert "'People and animals', not of 'Street'" in toast.inner_text()


def test_a_mask_of_another_size_costs_the_score_only(visit: Visit) -> None:
    visit.upload_photo(EXAMPLES / "chelsea.jpg")
    result = visit.wait_for_result()
    visit.upload_mask(EXAMPLES / "astronaut_mask.png")
    visit.wait_for_result(result)
    toast = visit.page.get_by_test_id("toast-body").first
    assert "512 x 512" in toast.inner_text()
    assert "451 x 300" in toast.inner_text()
    assert not visit.page.locator("#scores").is_visible()
    assert legend(visit)


def test_a_broken_photo_is_a_toast_and_the_page_lives_on(visit: Visit, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes((EXAMPLES / "chelsea.jpg").read_bytes()[:2000])
    visit.upload_photo(broken)
    toast = visit.page.get_by_test_id("toast-body").first
    toast.wait_for()
    assert "damaged or incomplete" in toast.inner_text()
    visit.open()
    visit.upload_photo(EXAMPLES / "chelsea.jpg")
    visit.wait_for_result()


def test_a_broken_mask_leaves_the_result(visit: Visit, tmp_path: Path) -> None:
    visit.choose_example("A man with a camera")
    broken = tmp_path / "broken.png"
    broken.write_bytes((EXAMPLES / "chelsea_mask.png").read_bytes()[:200])
    visit.upload_mask(broken)
    visit.page.get_by_test_id("toast-body").first.wait_for()
    assert legend(visit)
    assert not visit.page.locator("#scores").is_visible()
    visit.screenshot("error")


def test_running_without_a_photo_says_what_to_do(visit: Visit) -> None:
    visit.page.locator("#run").click()
    toast = visit.page.get_by_test_id("toast-body").first
    toast.wait_for()
    assert "Choose a photo first" in toast.inner_text()


def test_the_page_fits_a_phone(phone_visit: Visit) -> None:
    phone_visit.upload_photo(EXAMPLES / "astronaut.jpg")
    phone_visit.wait_for_result()
    width = phone_visit.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    phone_visit.screenshot("segment-phone")


def test_the_page_follows_a_dark_system(dark_visit: Visit) -> None:
    dark_visit.upload_photo(EXAMPLES / "chelsea.jpg")
    dark_visit.wait_for_result()
    background = "getComputedStyle(document.body).backgroundColor"
    red, green, blue = (
        int(part) for part in dark_visit.page.evaluate(background)[4:-1].split(",")[:3]
    )
    assert max(red, green, blue) < 64
    dark_visit.screenshot("segment-dark")


@pytest.mark.parametrize("stem", ["0001TP_008550", "Seq05VD_f00000", "Seq05VD_f05100"])
@pytest.mark.parametrize("name", ["FCN", "DeepLabV3+", "PSPNet"])
def test_street_pairs_score_by_hand_as_by_the_library(visit: Visit, name: str, stem: str) -> None:
    if not STREET_TEST.is_dir():
        pytest.skip(f"needs CamVid's test pairs in {STREET_TEST}")
    photo, mask = STREET_TEST / "images" / f"{stem}.jpg", STREET_TEST / "masks" / f"{stem}.png"
    choose_label_set(visit, "Street")
    choose(visit, "#architecture", name)
    visit.upload_photo(photo)
    result = visit.wait_for_result()
    visit.upload_mask(mask)
    visit.wait_for_result(result)
    architecture = {"FCN": "fcn", "DeepLabV3+": "deeplabv3plus", "PSPNet": "pspnet"}[name]
    assert shown_scores(visit) == expected_scores(photo, mask, f"{architecture}-street")
