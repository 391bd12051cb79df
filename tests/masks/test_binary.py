"""Masks of an object and the rest, which do not say what the object is."""

from collections.abc import Callable

import numpy as np
import pytest

from segdemo.errors import MaskError
from segdemo.labels import PEOPLE_ANIMALS, STREET, VOC
from segdemo.masks import read_mask
from tests.masks.files import VOID, as_json, encode, grey, grey_png, in_colours, npy, with_palette

PERSON, CAT = 5, 1
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
MASKS: dict[str, Callable[[], bytes]] = {
    "white": lambda: encode(grey([[0, 255, 255]])),
    "white-16-bit": lambda: encode(grey([[0, 65_535, 65_535]], np.uint16)),
    "white-colours": lambda: encode(in_colours([[BLACK, WHITE, WHITE]])),
    "white-palette": lambda: encode(
        with_palette([[0, 255, 255]], [(value,) * 3 for value in range(256)])
    ),
    "one-bit": lambda: encode(grey([[False, True, True]], np.bool_)),
    "one-bit-png-by-hand": lambda: grey_png(3, 1, bit_depth=1, rows=b"\0\x60"),
    "npy-bool": lambda: npy([[0, 1, 1]], "bool"),
    "coco-without-category": lambda: as_json({"size": [1, 3], "counts": [1, 2]}),
}
"""Each is of 1 x 3 pixels: the rest, the object, the object."""


@pytest.mark.parametrize("kind", MASKS)
def test_the_object_is_guessed_to_be_a_person_and_that_is_said(kind: str) -> None:
    truth = read_mask(MASKS[kind](), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, PERSON, PERSON]]
    assert truth.encoding.startswith("binary mask, ")
    assert truth.encoding.endswith(" = 'person', a guess")
    assert "the file does not say what the object is" in truth.reason
    assert truth.unknown == 0


@pytest.mark.parametrize("kind", MASKS)
def test_every_class_is_offered_and_taken_when_asked_for(kind: str) -> None:
    truth = read_mask(MASKS[kind](), PEOPLE_ANIMALS)
    offered = [key for key, _ in truth.alternatives if key.startswith("binary-")]
    assert [key.split("-")[2] for key in offered] == ["cat", "cow", "dog", "horse", "sheep"]

    chosen = read_mask(MASKS[kind](), PEOPLE_ANIMALS, reading=offered[0])

    assert chosen.label_map.tolist() == [[0, CAT, CAT]]
    assert chosen.reason == "as asked for"
    assert "guess" not in chosen.encoding


def test_white_can_be_read_as_void_when_asked_for() -> None:
    data = MASKS["white"]()
    assert "people_animals-ids" in dict(read_mask(data, PEOPLE_ANIMALS).alternatives)

    truth = read_mask(data, PEOPLE_ANIMALS, reading="people_animals-ids")

    assert truth.label_map.tolist() == [[0, VOID, VOID]]


def test_0_and_1_are_ids_first_and_an_object_when_asked_for() -> None:
    data = encode(grey([[0, 1, 1]]))

    truth = read_mask(data, PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, CAT, CAT]]
    assert truth.reading == "people_animals-ids"
    offered = dict(truth.alternatives)
    assert offered["binary-1-person"] == "binary mask, 1 = 'person'"
    assert "binary-1-cat" not in offered  # gives the same
    by_hand = read_mask(data, PEOPLE_ANIMALS, reading="binary-1-person")
    assert by_hand.label_map.tolist() == [[0, PERSON, PERSON]]


def test_a_third_value_makes_it_a_mask_of_ids() -> None:
    truth = read_mask(encode(grey([[0, 1, 255]])), PEOPLE_ANIMALS)

    assert truth.reading == "people_animals-ids"
    assert not any(key.startswith("binary-") for key, _ in truth.alternatives)


@pytest.mark.parametrize("kind", MASKS)
def test_a_label_set_without_background_cannot_take_an_object_and_the_rest(kind: str) -> None:
    with pytest.raises(MaskError, match=r"'Street' has no class for the rest.*'street-ids'"):
        read_mask(MASKS[kind](), STREET)


def test_sky_and_void_can_be_read_when_asked_for() -> None:
    truth = read_mask(MASKS["white"](), STREET, reading="street-ids")

    assert truth.label_map.tolist() == [[0, VOID, VOID]]


def test_all_classes_of_a_larger_set_are_offered() -> None:
    truth = read_mask(MASKS["white"](), VOC)

    keys = [truth.reading, *(key for key, _ in truth.alternatives)]
    binary = {key for key in keys if key.startswith("binary-")}
    assert binary == {f"binary-255-{name}" for name in VOC.class_names[1:]}
    assert truth.reading == "binary-255-person"


def test_one_bit_without_an_object_is_background() -> None:
    truth = read_mask(encode(grey([[False, False]], np.bool_)), PEOPLE_ANIMALS)

    assert truth.label_map.tolist() == [[0, 0]]
