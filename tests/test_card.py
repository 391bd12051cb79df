"""Cards as text: what is written is read back, and what is no card is refused."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from segdemo.card import Card, Preprocessing, card_from_text, card_to_text
from segdemo.errors import WeightsError
from segdemo.labels import LABEL_SETS, STREET, LabelSet
from segdemo.zoo import BUNDLED_DIR, list_models
from tests.cards import make_card, make_score

PETS = LabelSet("pets", "Pets", ("rest", "cat"), ((0, 0, 0), (9, 8, 7)), ((1, 1, 1),))
BUNDLED_FIELDS = [field.name for field in dataclasses.fields(Card) if field.name != "own_labels"]
NO_CARD = r"holds no card of this version of segdemo\. Use a file that segdemo wrote"
OTHER_CLASSES = r"'unet-street' names classes that this version of segdemo does not know"


def pets_card(**fields: Any) -> Card:
    """A card of a person's own label set."""
    own = {"label_set": PETS.id, "class_names": PETS.class_names, "own_labels": PETS, "scores": ()}
    return dataclasses.replace(make_card(), **{**own, **fields})


def edited(change: Callable[[dict[str, Any]], object], *, card: Card | None = None) -> str:
    """A card's text after a change to its fields."""
    fields = json.loads(card_to_text(card or make_card()))
    change(fields)
    return json.dumps(fields)


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(make_card(), id="one-score"),
        pytest.param(make_card(scores=()), id="no-score"),
        pytest.param(
            make_card(scores=(make_score(), make_score(data="Made-up test", mean_iou=0.1))),
            id="two-scores",
        ),
        pytest.param(make_card(licence="„frei“, ≤ 10 MB\n| `x` |"), id="any-characters"),
        pytest.param(make_card("pspnet", "people_animals"), id="people-and-animals"),
        pytest.param(pets_card(), id="own-labels"),
    ],
)
def test_a_card_read_back_from_its_text_is_equal(card: Card) -> None:
    assert card_from_text(card_to_text(card)) == card


def test_sequences_of_a_card_read_back_are_tuples() -> None:
    card = card_from_text(card_to_text(make_card()))

    assert isinstance(card.class_names, tuple)
    assert isinstance(card.scores, tuple)
    assert card.cost_shape == (360, 480)
    assert card.preprocessing == Preprocessing((0.5, 0.4, 0.3), (0.2, 0.25, 0.5), 512)


def test_the_text_is_one_line_of_json_in_a_fixed_order() -> None:
    text = card_to_text(make_card())

    assert "\n" not in text
    assert list(json.loads(text)) == sorted(BUNDLED_FIELDS)


@pytest.mark.parametrize("label_set", LABEL_SETS)
def test_the_labels_of_a_card_are_its_label_set(label_set: str) -> None:
    assert make_card(label_set=label_set).labels is LABEL_SETS[label_set]


@pytest.mark.parametrize(
    "text",
    ["", "junk", "{", "null", "7", '"text"', "[]", "{}", "[" * 100_000],
    ids=["empty", "word", "cut", "null", "number", "string", "list", "no-field", "deep"],
)
def test_text_that_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(WeightsError, match=NO_CARD):
        card_from_text(text)


@pytest.mark.parametrize("name", BUNDLED_FIELDS)
def test_a_card_that_lacks_a_field_is_refused(name: str) -> None:
    with pytest.raises(WeightsError, match=NO_CARD):
        card_from_text(edited(lambda fields: fields.pop(name)))


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Preprocessing)])
def test_preprocessing_that_lacks_a_field_is_refused(name: str) -> None:
    with pytest.raises(WeightsError, match=NO_CARD):
        card_from_text(edited(lambda fields: fields["preprocessing"].pop(name)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda fields: fields.update(more=1), id="field-too-many"),
        pytest.param(lambda fields: fields["scores"][0].pop("data"), id="score-without-data"),
        pytest.param(lambda fields: fields.update(scores=7), id="scores-number"),
        pytest.param(lambda fields: fields.update(preprocessing=None), id="no-preprocessing"),
        pytest.param(lambda fields: fields.update(label_set=["street"]), id="label-set-list"),
        pytest.param(
            lambda fields: fields["preprocessing"].update(longest_side_px="large"), id="size-word"
        ),
        pytest.param(
            lambda fields: fields["preprocessing"].update(longest_side_px=float("inf")),
            id="size-infinite",
        ),
        pytest.param(
            lambda fields: fields["preprocessing"].update(mean=[0.5, 0.5]), id="two-means"
        ),
        pytest.param(lambda fields: fields["preprocessing"].update(std="abc"), id="std-word"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(WeightsError, match=NO_CARD):
        card_from_text(edited(change))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"label_set": "moon"}, id="unknown-label-set"),
        pytest.param({"label_set": "voc"}, id="another-label-set"),
        pytest.param({"class_names": list(STREET.class_names[::-1])}, id="another-order"),
        pytest.param({"class_names": list(STREET.class_names[:-1])}, id="a-class-less"),
        pytest.param({"class_names": []}, id="no-classes"),
    ],
)
def test_a_card_of_other_classes_is_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(WeightsError, match=OTHER_CLASSES):
        card_from_text(edited(lambda fields: fields.update(change)))


# --- own label sets --------------------------------------------------------------------------


def test_a_card_carries_an_own_label_set_whole() -> None:
    card = card_from_text(card_to_text(pets_card()))

    assert card.labels == PETS
    assert json.loads(card_to_text(card))["own_labels"]["classes"][1] == {
        "name": "cat",
        "colour": [9, 8, 7],
    }


@pytest.mark.parametrize(
    "fields",
    [{"label_set": "cats"}, {"class_names": ("cat", "rest")}],
    ids=["another-id", "another-order"],
)
def test_an_own_label_set_must_be_the_one_that_the_card_names(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="own_labels must be the label set"):
        pets_card(**fields)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda fields: fields.update(own_labels=None), id="null"),
        pytest.param(lambda fields: fields.update(own_labels={}), id="empty"),
        pytest.param(lambda fields: fields["own_labels"].update(id="street"), id="a-bundled-id"),
        pytest.param(lambda fields: fields["own_labels"].update(id="cats"), id="another-id"),
        pytest.param(lambda fields: fields["own_labels"]["classes"].pop(), id="one-class"),
        pytest.param(lambda fields: fields.update(class_names=["cat", "rest"]), id="other-order"),
    ],
)
def test_an_own_label_set_that_does_not_fit_is_refused(
    change: Callable[[dict[str, Any]], object],
) -> None:
    with pytest.raises(WeightsError, match=NO_CARD):
        card_from_text(edited(change, card=pets_card()))


def test_the_bundled_files_read_as_before() -> None:
    entries = list_models(BUNDLED_DIR)

    assert entries
    assert all(entry.card.own_labels is None for entry in entries)
    assert all(entry.card.labels is LABEL_SETS[entry.card.label_set] for entry in entries)
