"""Pairs of photos and masks, and their scores against counts made here pixel by pixel."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from segdemo.errors import DataError, ImageError, MaskError
from segdemo.evaluation import Pair, assess_pair, count, evaluate, find_pairs, read_truth
from segdemo.masks import GroundTruth
from segdemo.metrics import score
from segdemo.prediction import Prediction, Timing
from tests.pairs import COLOUR_PREDICTOR, RGB, VOID, write_pair


def prediction(label_map: Sequence[Sequence[int]]) -> Prediction:
    values = np.array(label_map, dtype=np.uint8)
    return Prediction(
        model_id="colour-rgb",
        labels=RGB,
        label_map=values,
        confidence=np.ones(values.shape, np.float32),
        network_shape=(32, 32),
        timing=Timing(0, 0, 0),
    )


def truth(label_map: Sequence[Sequence[int]]) -> GroundTruth:
    return GroundTruth(np.array(label_map, dtype=np.uint8), encoding="made here", unknown=0)


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


# --- pairs -----------------------------------------------------------------------------------


def test_photos_and_masks_pair_up_by_stem_whatever_the_suffix(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "b.JPG", "a.png", "c.heic")
    masks = touch(tmp_path / "masks", "c.png", "a.png", "b.bmp")

    assert find_pairs(photos, masks) == [
        Pair("a", photos / "a.png", masks / "a.png"),
        Pair("b", photos / "b.JPG", masks / "b.bmp"),
        Pair("c", photos / "c.heic", masks / "c.png"),
    ]


def test_what_has_no_partner_is_left_out(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a.jpg", "photo-alone.jpg", "notes.txt")
    masks = touch(tmp_path / "masks", "a.png", "mask-alone.png", "notes.png")

    assert [pair.stem for pair in find_pairs(photos, masks)] == ["a"]


def test_pairs_are_sorted_by_stem(tmp_path: Path) -> None:
    stems = ["a", "a b", "a-1", "a.1", "b"]  # as paths, 'a b.jpg' and 'a-1.jpg' come before 'a.jpg'
    photos = touch(tmp_path / "photos", *(f"{stem}.jpg" for stem in stems[::-1]))
    masks = touch(tmp_path / "masks", *(f"{stem}.png" for stem in stems))

    assert [pair.stem for pair in find_pairs(photos, masks)] == stems


@pytest.mark.parametrize("order", [1, -1])
def test_a_file_beside_a_mask_that_no_mask_can_be_is_not_taken_for_it(
    order: int, tmp_path: Path
) -> None:
    photos = touch(tmp_path / "photos", "a.jpg")
    masks = touch(tmp_path / "masks", *["a.json", "a.png", "a.xml"][::order])

    assert [pair.mask_path.name for pair in find_pairs(photos, masks)] == ["a.png"]


def test_a_folder_is_no_mask(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a.jpg", "b.jpg")
    masks = touch(tmp_path / "masks", "a.png")
    (masks / "b").mkdir()

    assert [pair.stem for pair in find_pairs(photos, masks)] == ["a"]


@pytest.mark.parametrize("missing", ["photos", "masks"])
def test_a_missing_folder_is_named(missing: str, tmp_path: Path) -> None:
    for folder in {"photos", "masks"} - {missing}:
        touch(tmp_path / folder, "a.png")

    with pytest.raises(DataError, match=rf"There is no folder '.*{missing}'\. Name one"):
        find_pairs(tmp_path / "photos", tmp_path / "masks")


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a.png")

    with pytest.raises(DataError, match=r"There is no folder '.*a\.png'"):
        find_pairs(photos, photos / "a.png")


@pytest.mark.parametrize(
    ("photo", "mask"),
    [("a.jpg", "b.png"), ("a.txt", "a.png"), ("a.jpg", "A.png")],
    ids=["other-stem", "no-photo", "other-case"],
)
def test_folders_without_a_pair_are_both_named(photo: str, mask: str, tmp_path: Path) -> None:
    photos, masks = touch(tmp_path / "photos", photo), touch(tmp_path / "masks", mask)

    with pytest.raises(DataError, match=r"No photo in '.*photos' has a mask .* in '.*masks'"):
        find_pairs(photos, masks)


# --- one pair --------------------------------------------------------------------------------


def test_counts_have_a_row_per_true_class_and_a_column_per_predicted_one() -> None:
    confmat = count(prediction([[0, 0, 1], [1, 2, 2]]), truth([[0, 1, 1], [1, 0, VOID]])).confmat

    assert confmat.dtype == np.int64
    assert confmat.tolist() == [
        [1, 0, 1],
        [1, 2, 0],
        [0, 0, 0],
    ]


def test_a_mask_of_another_size_is_refused_with_both_sizes() -> None:
    small, large = [[0, 0]], [[0, 0, 0]] * 4

    message = (
        r"The mask is 2 x 1 pixels but the photo is 3 x 4\. Use a mask of the photo's own size"
    )
    with pytest.raises(MaskError, match=message):
        count(prediction(large), truth(small))
    with pytest.raises(MaskError, match=r"The mask is 3 x 4 pixels but the photo is 2 x 1\."):
        assess_pair(prediction(small), truth(large))


def test_a_mask_turned_on_its_side_is_refused() -> None:
    with pytest.raises(MaskError, match=r"The mask is 3 x 1 pixels but the photo is 1 x 3\."):
        assess_pair(prediction([[0], [1], [2]]), truth([[0, 1, 2]]))


def test_the_scores_of_a_pair_by_hand() -> None:
    scores = assess_pair(prediction([[0, 0, 1, 1]]), truth([[0, 1, 1, VOID]])).scores

    assert scores.class_names == RGB.class_names
    assert scores.num_valid_pixels == 3
    assert scores.pixel_accuracy == pytest.approx(2 / 3)
    assert scores.iou_per_class == pytest.approx((1 / 2, 1 / 2, np.nan), nan_ok=True)
    assert scores.mean_iou == pytest.approx(1 / 2)  # nothing is blue, and nothing was called so


def test_a_mask_of_void_alone_gives_no_score() -> None:
    scores = assess_pair(prediction([[0, 1]]), truth([[VOID, VOID]])).scores

    assert scores.num_valid_pixels == 0
    assert np.isnan(scores.mean_iou)


def test_a_pair_is_judged_in_full() -> None:
    found = assess_pair(prediction([[0, 0, 1, 1]] * 3), truth([[0, 1, 1, 1]] * 3))

    assert found.scores.mean_boundary_iou >= 0  # counted, so not NaN
    assert sum(found.error_shares.values()) == pytest.approx(1 / 4)
    assert found.reliability is not None
    assert found.per_image.mean == found.scores.mean_iou


# --- photos on their side ----------------------------------------------------------------------


def write_turned_photo(path: Path, label_map: np.ndarray) -> Image.Image:
    """A photo in the classes' colours, stored on its side with an EXIF note; returns it upright."""
    upright = Image.fromarray(RGB.palette[label_map])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    return upright


def test_a_mask_on_its_side_is_turned_as_its_photo_is(tmp_path: Path) -> None:
    label_map = np.array([[0, 0, 1], [2, 1, 1], [2, 2, 0], [1, 0, 2]], dtype=np.uint8)
    pair = Pair("turned", tmp_path / "photo.png", tmp_path / "mask.png")
    upright = write_turned_photo(pair.image_path, label_map)
    Image.fromarray(np.rot90(label_map)).save(pair.mask_path)

    found = read_truth(pair.mask_path, RGB, photo=upright, photo_source=pair.image_path)

    assert found.turned
    np.testing.assert_array_equal(found.label_map, label_map)


def test_an_upright_mask_of_such_a_photo_is_left_as_it_is(tmp_path: Path) -> None:
    label_map = np.array([[0, 0, 1], [2, 1, 1]], dtype=np.uint8)
    upright = write_turned_photo(tmp_path / "photo.png", label_map)
    Image.fromarray(label_map).save(tmp_path / "mask.png")

    found = read_truth(
        tmp_path / "mask.png", RGB, photo=upright, photo_source=tmp_path / "photo.png"
    )

    assert not found.turned
    np.testing.assert_array_equal(found.label_map, label_map)


# --- many pairs ------------------------------------------------------------------------------


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    sizes = [(40, 36), (33, 50), (100, 70), (8, 5)]
    return [
        write_pair(tmp_path, f"pair{seed}", width=width, height=height, seed=seed)
        for seed, (width, height) in enumerate(sizes)
    ]


def test_pairs_are_scored_by_one_matrix_over_all_their_pixels(pairs: list[Pair]) -> None:
    confmat = np.zeros((3, 3), dtype=np.int64)
    for pair in pairs:
        predicted = COLOUR_PREDICTOR.predict(Image.open(pair.image_path)).label_map
        true = np.asarray(Image.open(pair.mask_path))
        np.add.at(confmat, (true[true != VOID], predicted[true != VOID]), 1)
    assert (confmat > 0).all()

    scores = evaluate(COLOUR_PREDICTOR, pairs).scores

    np.testing.assert_array_equal(scores.confmat, confmat)
    assert scores.mean_iou == score(confmat, class_names=RGB.class_names).mean_iou
    assert scores.class_names == RGB.class_names
    singly = np.mean([evaluate(COLOUR_PREDICTOR, [pair]).scores.mean_iou for pair in pairs])
    assert scores.mean_iou != pytest.approx(singly, abs=1e-4)  # no mean over the photos


def test_the_order_of_pairs_does_not_matter(pairs: list[Pair]) -> None:
    forwards = evaluate(COLOUR_PREDICTOR, pairs).scores

    np.testing.assert_array_equal(
        forwards.confmat, evaluate(COLOUR_PREDICTOR, pairs[::-1]).scores.confmat
    )


def test_masks_of_one_folder_are_read_alike(tmp_path: Path) -> None:
    pairs = [write_pair(tmp_path, f"pair{seed}", width=20, height=9, seed=seed) for seed in (0, 1)]
    poor = np.full((9, 20), VOID, dtype=np.uint8)
    poor[:, :4] = 0  # alone, this could be an object and the rest
    Image.fromarray(poor).save(pairs[1].mask_path)

    found = evaluate(COLOUR_PREDICTOR, pairs)

    assert len(found.encodings) == 1
    first = np.asarray(Image.open(pairs[0].mask_path))
    assert found.scores.num_valid_pixels == np.count_nonzero(first != VOID) + 9 * 4


def test_a_predictor_that_is_always_right_scores_one(tmp_path: Path) -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, :32, 0] = pixels[:, 32:, 2] = 255
    pair = Pair("halves", tmp_path / "photo.png", tmp_path / "mask.png")
    Image.fromarray(pixels).save(pair.image_path)
    Image.fromarray(np.repeat(np.array([0, 2], np.uint8), 32)[None].repeat(64, 0)).save(
        pair.mask_path
    )

    scores = evaluate(COLOUR_PREDICTOR, [pair]).scores

    assert scores.num_valid_pixels == 64 * 64
    assert scores.mean_iou == 1
    assert scores.num_classes_averaged == 2


def test_boundaries_are_counted_on_demand(pairs: list[Pair]) -> None:
    plain = evaluate(COLOUR_PREDICTOR, pairs).scores
    full = evaluate(COLOUR_PREDICTOR, pairs, details=True).scores

    assert np.isnan(plain.mean_boundary_iou)
    assert 0 <= full.mean_boundary_iou <= 1
    assert full.mean_iou == plain.mean_iou
    assert full.expected_calibration_error == plain.expected_calibration_error


def test_the_interval_and_the_mean_per_image_are_over_the_photos(pairs: list[Pair]) -> None:
    found = evaluate(COLOUR_PREDICTOR, pairs).assessment

    singly = [evaluate(COLOUR_PREDICTOR, [pair]).scores.mean_iou for pair in pairs]
    assert found.per_image.mean == pytest.approx(np.mean(singly))
    assert found.interval.low <= found.scores.mean_iou <= found.interval.high


def test_a_single_mask_is_read_by_what_it_says_itself(pairs: list[Pair]) -> None:
    statement = evaluate(COLOUR_PREDICTOR, pairs[:1]).masks_statement

    assert "its ids are 0 to 2 or 255" in statement


def test_no_pairs_give_no_score() -> None:
    scores = evaluate(COLOUR_PREDICTOR, []).scores

    assert scores.num_valid_pixels == 0
    assert np.isnan(scores.mean_iou)


def test_one_mask_of_another_size_stops_with_both_sizes(pairs: list[Pair]) -> None:
    mixed = Pair("mixed", pairs[0].image_path, pairs[1].mask_path)

    with pytest.raises(MaskError, match=r"The mask is 33 x 50 pixels but the photo is 40 x 36\."):
        evaluate(COLOUR_PREDICTOR, [*pairs, mixed])


@pytest.mark.parametrize("broken", ["image_path", "mask_path"])
def test_a_file_that_cannot_be_read_stops_the_scoring(broken: str, pairs: list[Pair]) -> None:
    path: Path = getattr(pairs[2], broken)
    path.write_bytes(b"junk")

    with pytest.raises(ImageError, match="segdemo can read"):
        evaluate(COLOUR_PREDICTOR, pairs)
