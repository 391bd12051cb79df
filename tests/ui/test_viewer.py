"""The viewer in a real browser: what it shows is what the library says, and costs no request."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from segdemo.images import load_photo
from segdemo.labels import IGNORE_INDEX, PEOPLE_ANIMALS
from segdemo.prediction import Prediction
from segdemo.predictor import load_predictor
from segdemo.uncertainty import certainty, top_classes
from segdemo.views.palettes import safe_palette
from tests.ui.visit import ROOT, Visit

EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
BACKGROUND, CAT = 0, PEOPLE_ANIMALS.class_names.index("cat")


@pytest.fixture(scope="module")
def cat() -> Prediction:
    """The library's prediction of the example with the cat."""
    predictor = load_predictor("deeplabv3plus-people_animals")
    return predictor.predict(load_photo(EXAMPLES / "chelsea.jpg"))


@pytest.fixture(scope="module")
def cat_truth() -> np.ndarray:
    with Image.open(EXAMPLES / "chelsea_mask.png") as mask:
        return np.asarray(mask)


@pytest.fixture
def cat_visit(visit: Visit) -> Visit:
    """A visit with the example's result, and requests counted from there on."""
    visit.choose_example("A cat")
    visit.page.locator("#viewer .legend .chip").first.wait_for()
    visit.forget_requests()
    return visit


def painted(visit: Visit) -> np.ndarray:
    """Which pixels the layer covers."""
    return visit.pixels()[..., 3] > 0


def test_contours_are_pixels_near_another_class(cat_visit: Visit, cat: Prediction) -> None:
    cat_visit.show("Contours")
    reach, label_map = 2, cat.label_map
    padded = np.pad(label_map, reach, mode="edge")
    height, width = label_map.shape
    expected = np.zeros(label_map.shape, dtype=bool)
    for y, x in ((0, reach), (2 * reach, reach), (reach, 0), (reach, 2 * reach)):
        expected |= padded[y : y + height, x : x + width] != label_map
    assert np.array_equal(painted(cat_visit), expected)
    assert cat_visit.asked_requests() == []


@pytest.mark.parametrize("layer", ["confidence", "entropy", "margin"])
def test_certainty_is_painted_as_the_library_measures_it(
    cat_visit: Visit, cat: Prediction, layer: str
) -> None:
    assert cat.logits is not None
    cat_visit.show(layer.capitalize())
    pixels = cat_visit.pixels()
    expected = getattr(certainty(cat.logits, shape=pixels.shape[:2]), layer)
    # Green rises all along the ramp of colours, so it tells the value.
    green = pixels[..., 1].astype(float)
    assert np.corrcoef(green.ravel(), expected.ravel())[0, 1] > 0.98
    x, y = 0.12, 0.3
    cat_visit.page.mouse.move(*cat_visit.point_at(x, y))
    text = cat_visit.page.locator("#viewer .tip").inner_text()
    height, width = cat.label_map.shape
    there = getattr(certainty(cat.logits, shape=(height, width)), layer)
    assert float(text.split()[-1]) == pytest.approx(
        there[int(y * height), int(x * width)], abs=0.03
    )
    assert cat_visit.asked_requests() == []


@pytest.mark.parametrize(("x", "y"), [(0.4, 0.5), (0.12, 0.3), (0.93, 0.9)])
def test_a_clicked_pixel_names_its_three_likeliest_classes(
    cat_visit: Visit, cat: Prediction, x: float, y: float
) -> None:
    assert cat.logits is not None
    cat_visit.page.mouse.click(*cat_visit.point_at(x, y))
    expect(cat_visit.page.locator("#viewer .answers li")).to_have_count(3)
    names = cat_visit.page.locator("#viewer .answers span").all_inner_texts()
    shares = cat_visit.page.locator("#viewer .answers b").all_inner_texts()
    expected = top_classes(cat.logits, at=(y, x), count=3)
    assert names[0] == cat.labels.class_names[expected[0][0]]
    for name, share, (index, probability) in zip(names, shares, expected, strict=True):
        if probability > 0.02:  # below, two classes may be within rounding of each other
            assert name == cat.labels.class_names[index]
            assert float(share.split()[0]) == pytest.approx(100 * probability, abs=1.5)
    assert cat_visit.asked_requests() == []


def test_a_class_can_be_shown_alone_and_all_again(cat_visit: Visit, cat: Prediction) -> None:
    page = cat_visit.page
    page.get_by_role("button", name="Show only cat").click()
    assert np.array_equal(painted(cat_visit), cat.label_map == CAT)
    page.get_by_role("button", name="Show all").click()
    assert painted(cat_visit).all()
    page.locator("#viewer .chip", has_text="background").dblclick()
    assert np.array_equal(painted(cat_visit), cat.label_map == BACKGROUND)
    page.locator("#viewer .stage").press("a")
    assert painted(cat_visit).all()
    page.get_by_role("button", name="Show only cat").press("Enter")
    assert np.array_equal(painted(cat_visit), cat.label_map == CAT)
    assert cat_visit.asked_requests() == []


def test_colours_can_be_those_for_all_eyes(cat_visit: Visit, cat: Prediction) -> None:
    cat_visit.page.get_by_label("Colour-blind-safe colours").check()
    expected = np.array(safe_palette(cat.labels), dtype=np.uint8)[cat.label_map]
    assert np.array_equal(cat_visit.pixels()[..., :3], expected)


def test_errors_are_missed_and_invented_pixels(
    cat_visit: Visit, cat: Prediction, cat_truth: np.ndarray
) -> None:
    cat_visit.show("Errors")
    colours = cat_visit.pixels()[..., :3]
    valid = cat_truth != IGNORE_INDEX
    missed = valid & (cat_truth == CAT) & (cat.label_map == BACKGROUND)
    invented = valid & (cat_truth == BACKGROUND) & (cat.label_map == CAT)
    assert np.array_equal((colours == (0x00, 0x72, 0xB2)).all(axis=-1), missed)
    assert np.array_equal((colours == (0xE6, 0x9F, 0x00)).all(axis=-1), invented)
    hatched = painted(cat_visit) & ~valid
    assert 0 < hatched.sum() < (~valid).sum()
    kinds = cat_visit.page.locator("#viewer .kinds li").all_inner_texts()
    assert kinds[0] == f"missed {100 * missed.mean():.1f} %"
    cat_visit.screenshot("errors")
    assert cat_visit.asked_requests() == []


def test_the_ground_truth_is_a_layer(cat_visit: Visit, cat_truth: np.ndarray) -> None:
    cat_visit.show("Ground truth")
    assert np.array_equal(painted(cat_visit), cat_truth != IGNORE_INDEX)


def test_without_a_ground_truth_its_layers_are_not_offered(visit: Visit) -> None:
    visit.choose_example("A man with a camera")
    expect(visit.page.locator("#viewer .layers").get_by_text("Errors")).to_be_hidden()


def test_the_wheel_zooms_at_the_pointer_and_a_drag_moves(cat_visit: Visit) -> None:
    page = cat_visit.page
    stage = page.locator("#viewer .stage")
    before = cat_visit.point_at(0.25, 0.5)
    page.mouse.move(*before)
    page.mouse.wheel(0, -300)
    expect(stage).to_have_attribute("data-zoomed", "")
    after = cat_visit.point_at(0.25, 0.5)
    assert np.hypot(after[0] - before[0], after[1] - before[1]) < 2
    page.mouse.down()
    page.mouse.move(before[0] + 30, before[1] + 20, steps=4)
    page.mouse.up()
    moved = cat_visit.point_at(0.25, 0.5)
    assert (moved[0] - after[0], moved[1] - after[1]) == pytest.approx((30, 20), abs=2)
    expect(page.locator("#viewer .answers")).to_have_count(0)  # a drag asks no pixel
    page.get_by_role("button", name="Show the whole photo").click()
    expect(stage).not_to_have_attribute("data-zoomed", "")
    assert cat_visit.asked_requests() == []


def test_two_fingers_zoom(cat_visit: Visit) -> None:
    """Pointer events of two fingers that move apart."""
    cat_visit.page.evaluate(
        """() => {
          const stage = document.querySelector('#viewer .stage');
          stage.setPointerCapture = () => {};
          const { left, top } = stage.getBoundingClientRect();
          const send = (type, pointerId, x) => stage.dispatchEvent(new PointerEvent(type, {
            pointerId, pointerType: 'touch', clientX: left + x, clientY: top + 80, bubbles: true,
          }));
          send('pointerdown', 1, 100);
          send('pointerdown', 2, 140);
          send('pointermove', 2, 180);
          send('pointerup', 1, 100);
          send('pointerup', 2, 180);
        }"""
    )
    transform = cat_visit.page.locator("#viewer .pane").get_attribute("style")
    assert transform is not None
    assert "scale(2)" in transform


def test_keys_do_what_the_help_says(cat_visit: Visit, cat: Prediction) -> None:
    page, stage = cat_visit.page, cat_visit.page.locator("#viewer .stage")
    assert "before and after" in page.locator("#viewer .keys").inner_text()
    stage.press("3")
    expect(page.locator("#viewer .layers").get_by_label("Contours")).to_be_checked()
    stage.press("]")
    assert page.locator("#viewer .opacity").input_value() == "70"
    stage.press("+")
    expect(stage).to_have_attribute("data-zoomed", "")
    left = cat_visit.point_at(0, 0)[0]
    stage.press("ArrowLeft")
    assert cat_visit.point_at(0, 0)[0] == pytest.approx(left + 40, abs=1)
    stage.press("0")
    expect(stage).not_to_have_attribute("data-zoomed", "")
    stage.press("Enter")
    height, width = cat.label_map.shape
    middle = cat.labels.class_names[cat.label_map[height // 2, width // 2]]
    assert page.locator("#viewer .answers span").first.inner_text() == middle
    stage.press("b")
    assert page.get_by_label("Colour-blind-safe colours").is_checked()
    stage.press("w")
    line = page.get_by_role("slider", name="Line between before and after")
    line.press("ArrowRight")
    assert line.get_attribute("aria-valuenow") == "55"
    assert cat_visit.asked_requests() == []


def test_before_and_after_cuts_the_layer_at_the_line(cat_visit: Visit) -> None:
    page = cat_visit.page
    page.get_by_role("checkbox", name="Before and after").check()
    line = page.locator("#viewer .divider")
    box = line.bounding_box()
    assert box is not None
    clip = "parseFloat(document.querySelector('#viewer canvas').style.clipPath.split(' ')[3])"
    assert page.evaluate(clip) == pytest.approx(50)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    width = cat_visit.point_at(1, 0)[0] - cat_visit.point_at(0, 0)[0]
    page.mouse.move(x + width / 4, y, steps=3)
    page.mouse.up()
    assert page.evaluate(clip) == pytest.approx(75, abs=1)
