"""One reading for all masks of a folder."""

from pathlib import Path

from segdemo.labels import PEOPLE_ANIMALS, STREET
from segdemo.masks import common_reading, read_mask
from tests.masks.files import VOID, encode, grey, voc_palette, with_palette


def test_a_mask_that_shows_too_little_is_read_as_its_neighbours_are() -> None:
    masks = [encode(grey(rows)) for rows in ([[0, 5, 255]], [[0, 255, 255]], [[0, 1, 6]])]
    assert read_mask(masks[1], PEOPLE_ANIMALS).reading == "binary-255-person"

    reading = common_reading(masks, PEOPLE_ANIMALS)

    assert reading == "people_animals-ids"
    maps = [read_mask(mask, PEOPLE_ANIMALS, reading=reading).label_map.tolist() for mask in masks]
    assert maps == [[[0, 5, VOID]], [[0, VOID, VOID]], [[0, 1, 6]]]


def test_the_reading_in_which_most_masks_have_a_meaning_wins() -> None:
    masks = [encode(grey(rows)) for rows in ([[0, 5]], [[0, 6]], [[0, 15, 20]])]
    assert read_mask(masks[0], PEOPLE_ANIMALS).reading == "people_animals-ids"

    assert common_reading(masks, PEOPLE_ANIMALS) == "voc-ids"


def test_void_as_id_11_is_found_in_one_mask_and_holds_for_all() -> None:
    masks = [encode(grey(rows)) for rows in ([[0, 5]], [[0, 10]], [[0, 11]])]

    assert common_reading(masks, STREET) == "camvid-void-11"


def test_a_palette_speaks_for_its_mask() -> None:
    masks = [encode(with_palette([[0, id_]], voc_palette())) for id_ in (1, 5, 6)]

    assert common_reading(masks, PEOPLE_ANIMALS) == "voc-ids"


def test_a_guess_counts_where_all_are_guesses() -> None:
    masks = [encode(grey([[0, 255]])), encode(grey([[0, 255, 255]]))]

    assert common_reading(masks, PEOPLE_ANIMALS) == "binary-255-person"


def test_masks_that_cannot_be_read_have_no_say(tmp_path: Path) -> None:
    good = encode(grey([[0, 5]]))

    assert common_reading([b"junk", good, tmp_path / "none.png"], PEOPLE_ANIMALS) == (
        "people_animals-ids"
    )
    assert common_reading([b"junk"], PEOPLE_ANIMALS) is None
    assert common_reading([], PEOPLE_ANIMALS) is None
