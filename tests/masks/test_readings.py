"""What is told of a reading: why it was taken, what was found, and what else fits."""

import re

import numpy as np
import pytest

from segdemo.errors import MaskError
from segdemo.labels import LABEL_SETS, PEOPLE_ANIMALS, STREET, VOC, LabelSet
from segdemo.masks import Found, GroundTruth, read_mask
from segdemo.masks.readings import binary_readings, colour_readings, id_readings
from tests.masks.files import VOID, encode, grey, in_colours, voc_palette, with_palette

ROWS = [[0, 0, 0, 8, 8, 15, VOID, 200]]


def test_the_file_s_values_are_listed_with_what_became_of_them() -> None:
    truth = read_mask(encode(with_palette(ROWS, voc_palette())), PEOPLE_ANIMALS)

    assert truth.found == (
        Found(0, "background", "background", 3),
        Found(8, "cat", "cat", 2),
        Found(15, "person", "person", 1),
        Found(200, None, None, 1),
        Found(VOID, "void", None, 1),
    )
    assert truth.unknown == 1 / 8
    assert truth.void == 2 / 8


def test_classes_that_became_background_are_listed_by_their_own_names() -> None:
    truth = read_mask(encode(with_palette([[5, 7]], voc_palette())), PEOPLE_ANIMALS)

    assert [(row.name, row.became) for row in truth.found] == [
        ("bottle", "background"),
        ("car", "background"),
    ]


def test_of_many_values_without_a_meaning_the_commonest_are_listed() -> None:
    strange = [value for value in range(100, 140) for _ in range(value)]
    truth = read_mask(encode(grey([[0] * 9000 + [3] * 9000 + [254] + strange])), STREET)

    unknown = [row for row in truth.found if row.name is None]
    assert [row.stored for row in unknown] == list(range(139, 123, -1))
    assert truth.unknown == pytest.approx((1 + len(strange)) / (18_001 + len(strange)))


@pytest.mark.parametrize(
    ("data", "labels", "reason"),
    [
        (
            encode(with_palette([[0, 15]], voc_palette())),
            PEOPLE_ANIMALS,
            "the embedded palette is that of 'PASCAL VOC'",
        ),
        (encode(grey([[2, 10, VOID]])), STREET, "its ids are 2 to 10 or 255"),
        (encode(grey([[2, 10]])), STREET, "its ids are 2 to 10"),
        (encode(grey([[2, 2]])), STREET, "its only id is 2"),
        (encode(grey([[VOID]])), STREET, "its only value is 255"),
        (
            encode(in_colours([[(2, 2, 2), (3, 3, 3)]])),
            STREET,
            "its ids are 2 to 3, stored as grey colours",
        ),
        (
            encode(in_colours([[*STREET.colours]])),
            STREET,
            "100.0% of its pixels have exactly these colours",
        ),
    ],
)
def test_the_reason_is_told(data: bytes, labels: LabelSet, reason: str) -> None:
    assert read_mask(data, labels).reason == reason


# --- alternatives ----------------------------------------------------------------------------


def test_a_reading_that_fits_less_can_be_taken_by_hand() -> None:
    data = encode(grey([[1, 5, 9]]))

    truth = read_mask(data, PEOPLE_ANIMALS, reading=None)

    assert truth.reading == "voc-ids"  # 9 is no class of people and animals
    assert (
        truth.alternatives
        == (("ade20k-ids", "class ids of 'ADE20K' mapped by name, 0 = unlabelled"),)
        or [key for key, _ in truth.alternatives] == []
    )
    by_hand = read_mask(data, PEOPLE_ANIMALS, reading="people_animals-ids")
    assert by_hand.label_map.tolist() == [[1, 5, VOID]]
    assert by_hand.unknown == pytest.approx(1 / 3)
    assert by_hand.reason == "as asked for"


def test_readings_that_give_the_same_are_no_alternatives() -> None:
    truth = read_mask(encode(grey([[0, 1, 2, 10]])), STREET)

    keys = [key for key, _ in truth.alternatives]
    assert truth.reading == "street-ids"
    assert "camvid-void-11" not in keys  # no pixel is 11
    assert keys == ["cityscapes-trainids", "cityscapes-labelids", "ade20k-ids"]


def test_each_reading_offered_gives_other_classes() -> None:
    data = encode(grey([[0, 1, 2, 3, 4, 5, 6]]))
    truth = read_mask(data, PEOPLE_ANIMALS)

    maps = [truth.label_map.tolist()]
    for key, phrase in truth.alternatives:
        other = read_mask(data, PEOPLE_ANIMALS, reading=key)
        assert (other.reading, other.encoding) == (key, phrase)
        assert other.label_map.tolist() not in maps
        maps.append(other.label_map.tolist())
    assert len(maps) > 1


def test_a_palette_that_decides_still_leaves_the_choice() -> None:
    data = encode(with_palette([[0, 5, 6]], voc_palette()))

    truth = read_mask(data, PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 0, 0]]  # bottle and bus
    assert "people_animals-ids" in dict(truth.alternatives)


@pytest.mark.parametrize("wanted", ["no-such-reading", "street-colours", "binary-255-person", ""])
def test_an_impossible_reading_is_refused_with_the_possible_ones(wanted: str) -> None:
    message = (
        rf"cannot be read as '{wanted}'\. Choose one of: street-ids, camvid-void-11, "
        r"cityscapes-trainids, cityscapes-void-19, cityscapes-labelids, ade20k-ids\."
    )
    with pytest.raises(MaskError, match=message):
        read_mask(encode(grey([[0, 3, 7]])), STREET, reading=wanted)


@pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS.keys())
def test_ids_of_readings_are_unique_and_plain(labels: LabelSet) -> None:
    readings = [*id_readings(labels), *colour_readings(labels), *binary_readings(labels, 255)]

    keys = [reading.id for reading in readings]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9_-]+", key) for key in keys)


def test_the_first_reading_of_a_label_set_is_its_own() -> None:
    for labels in LABEL_SETS.values():
        classes, known = id_readings(labels)[0].classes(np.arange(256))
        assert classes[: labels.num_classes].tolist() == [*range(labels.num_classes)]
        assert np.flatnonzero(known).tolist() == [*range(labels.num_classes), VOID]


def test_a_label_set_of_one_s_own_has_readings_too() -> None:
    own = LabelSet("pets", "Pets", ("red", "green"), ((255, 0, 0), (0, 255, 0)))

    truth = read_mask(encode(grey([[0, 1, 2]])), own)

    assert truth.reading == "pets-void-2"
    assert truth.label_map.tolist() == [[0, 1, VOID]]
    assert read_mask(encode(in_colours([[*own.colours]])), own).reading == "pets-colours"


# --- the result ------------------------------------------------------------------------------


def test_the_summary_is_a_few_plain_sentences() -> None:
    truth = read_mask(encode(with_palette(ROWS, voc_palette())), PEOPLE_ANIMALS)

    assert truth.summary == (
        "Read as class ids of 'PASCAL VOC' mapped by name, 255 = void: the embedded palette is "
        "that of 'PASCAL VOC'. 25.0% of its pixels are void. 12.5% are so because their value or "
        "colour has no meaning there; resizing and JPEG make such values."
    )


def test_the_summary_names_the_alternatives_and_counts_the_rest() -> None:
    truth = read_mask(encode(grey([[0, 255]])), VOC)

    assert truth.summary.startswith("Read as binary mask, 255 = 'person', a guess: ")
    assert truth.summary.endswith(" 17 more.")


def test_where_the_palette_or_a_person_tells_the_summary_raises_no_doubt() -> None:
    told = read_mask(encode(with_palette([[0, 1, 2]], PEOPLE_ANIMALS.colours)), PEOPLE_ANIMALS)
    chosen = read_mask(encode(grey([[0, 255]])), VOC, reading="binary-255-cat")
    open_to_doubt = read_mask(encode(grey([[0, 255]])), VOC)

    assert [truth.settled for truth in (told, chosen, open_to_doubt)] == [True, True, False]
    assert chosen.alternatives  # another one can still be chosen
    assert "could also" not in told.summary + chosen.summary
    assert "could also" in open_to_doubt.summary


def test_a_truth_made_by_hand_needs_no_reading() -> None:
    truth = GroundTruth(np.zeros((2, 3), np.uint8), encoding="made by hand", unknown=0)

    assert truth.summary == "Read as made by hand."
    assert truth.void == 0
    assert truth.alternatives == ()


def test_the_label_map_is_read_only_and_the_caller_s_array_is_left_alone() -> None:
    label_map = np.zeros((2, 3), np.uint8)
    truth = GroundTruth(label_map, encoding="made by hand", unknown=0)

    with pytest.raises(ValueError, match="read-only"):
        truth.label_map[0, 0] = 1
    label_map[0, 0] = 1  # still the caller's own


@pytest.mark.parametrize(
    ("label_map", "unknown", "message"),
    [
        (np.zeros((2, 3)), 0.0, r"label_map must have shape \(H, W\) and dtype uint8"),
        (np.zeros(3, np.uint8), 0.0, r"label_map must have shape \(H, W\) and dtype uint8"),
        (np.zeros((2, 3), np.uint8), 1.5, r"unknown must be within 0 to 1, got 1\.5"),
        (np.zeros((2, 3), np.uint8), float("nan"), r"unknown must be within 0 to 1, got nan"),
    ],
)
def test_what_is_no_ground_truth_is_refused(
    label_map: np.ndarray, unknown: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        GroundTruth(label_map, encoding="", unknown=unknown)


def test_what_was_found_validates() -> None:
    with pytest.raises(ValueError, match="pixels must be at least 1, got 0"):
        Found(1, "cat", "cat", 0)
    with pytest.raises(ValueError, match="became must be None where name is, got 'cat'"):
        Found(1, None, "cat", 1)


def test_two_readings_of_one_file_are_equal() -> None:
    data = encode(grey([[0, 8, 15, VOID]]))

    first, second = read_mask(data, PEOPLE_ANIMALS), read_mask(data, PEOPLE_ANIMALS)

    np.testing.assert_array_equal(first.label_map, second.label_map)
    assert first.encoding == second.encoding
    assert first.found == second.found


def test_the_void_share_counts_unknown_pixels() -> None:
    truth = read_mask(encode(grey([[0, 3, VOID, 177]])), STREET)
    assert truth.void == 0.5
    assert truth.unknown == 0.25


def test_voc_as_target_needs_no_mapping() -> None:
    truth = read_mask(encode(with_palette([[0, 5, 15]], voc_palette())), VOC)

    assert truth.label_map.tolist() == [[0, 5, 15]]
    assert truth.reading == "voc-ids"
