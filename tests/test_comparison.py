"""Several models on one photo, against the same models one by one."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from segdemo.comparison import MOST_MODELS, Comparison, choose_models, compare
from segdemo.errors import ChoiceError, UnknownNameError
from segdemo.evaluation import assess_pair
from segdemo.masks import GroundTruth, read_mask
from segdemo.predictor import predictor_of
from segdemo.zoo import ZooEntry
from tests.comparable import comparable_models, made_up_mask, photo_with_many_classes

ENTRIES = comparable_models()
PHOTO = photo_with_many_classes()


@pytest.fixture(scope="module")
def truth() -> GroundTruth:
    return read_mask(made_up_mask(), ENTRIES[0].card.labels)


@pytest.fixture(scope="module")
def comparison(truth: GroundTruth) -> Comparison:
    return compare(PHOTO, ENTRIES, truth=truth)


def test_each_model_says_what_it_says_alone(comparison: Comparison, truth: GroundTruth) -> None:
    assert [model.entry for model in comparison.models] == list(ENTRIES)
    for model in comparison.models:
        alone = predictor_of(model.entry).predict(PHOTO)
        assert np.array_equal(model.label_map, alone.label_map)
        assert np.array_equal(model.shares, alone.shares)
        assert model.scores is not None
        expected = assess_pair(alone, truth).scores
        assert model.scores.mean_iou == expected.mean_iou
        assert model.scores.pixel_accuracy == expected.pixel_accuracy
        np.testing.assert_array_equal(model.scores.iou_per_class, expected.iou_per_class)


def test_disagreement_counts_pixels_on_which_not_all_say_the_same(comparison: Comparison) -> None:
    first, *others = (model.label_map for model in comparison.models)
    same = np.logical_and.reduce([first == other for other in others])
    assert comparison.disagreement == pytest.approx(1 - same.mean())
    assert 0 < comparison.disagreement < 1
    assert comparison.vote_shares[1] == pytest.approx(same.mean())
    assert sum(comparison.vote_shares.values()) == pytest.approx(1)


def test_every_two_models_are_a_pair(comparison: Comparison) -> None:
    count = len(ENTRIES)
    assert len(comparison.pairs) == count * (count - 1) // 2
    for pair in comparison.pairs:
        one, other = (comparison.models[at].label_map for at in (pair.first, pair.second))
        assert pair.pixel_agreement == pytest.approx((one == other).mean())


def test_json_holds_the_same_numbers(comparison: Comparison) -> None:
    fields = json.loads(json.dumps(comparison.to_json(), allow_nan=False))
    assert fields["photo"] == {"width": PHOTO.width, "height": PHOTO.height}
    assert fields["disagreement"]["share"] == comparison.disagreement
    assert fields["pairs"][0]["models"] == [entry.model_id for entry in ENTRIES[:2]]
    assert fields["pairs"][0]["mean_iou"] == comparison.pairs[0].mean_iou
    assert comparison.truth is not None
    assert fields["ground_truth"]["reading"] == comparison.truth.reading
    for model, found in zip(comparison.models, fields["models"], strict=True):
        assert model.scores is not None
        assert found["model"] == model.entry.model_id
        assert found["scores"]["mean_iou"] == model.scores.mean_iou
        assert sum(found["areas"].values()) == pytest.approx(1)
        assert found["seconds"]["total_s"] == pytest.approx(model.timing.total_s)
        assert found["file_bytes"] in {path.stat().st_size for path in model.entry.paths}


def test_without_a_ground_truth_there_are_no_scores() -> None:
    comparison = compare(Image.new("RGB", (40, 30)), ENTRIES[:2])
    assert comparison.truth is None
    fields = comparison.to_json()
    assert fields["ground_truth"] is None
    assert [model["scores"] for model in fields["models"]] == [None, None]
    assert not math.isnan(fields["disagreement"]["share"])


def test_models_are_chosen_once_and_in_the_order_of_the_zoo() -> None:
    first, second = ENTRIES[:2]
    wanted = [second.model_id, first.model_id, second.model_id]
    assert choose_models(ENTRIES, wanted) == (first, second)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_models_are_refused(count: int) -> None:
    with pytest.raises(ChoiceError, match="Choose at least 2 models"):
        choose_models(ENTRIES, [entry.model_id for entry in ENTRIES[:count]])


def renamed(entry: ZooEntry, model_id: str, label_set: str) -> ZooEntry:
    """A model of another name and label set, for choosing only."""
    return replace(entry, card=replace(entry.card, model_id=model_id, label_set=label_set))


def test_too_many_models_are_refused() -> None:
    many = [renamed(ENTRIES[0], f"model-{at}", "street") for at in range(MOST_MODELS + 1)]
    with pytest.raises(ChoiceError, match=r"6 models are chosen\. Choose at most 5"):
        choose_models(many, [entry.model_id for entry in many])


def test_models_of_several_label_sets_are_refused() -> None:
    other = renamed(ENTRIES[0], "other", "another set")
    with pytest.raises(ChoiceError, match="Choose models of one label set"):
        choose_models([*ENTRIES, other], [ENTRIES[0].model_id, "other"])


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"There is no model 'nothing'\. Models here: "):
        choose_models(ENTRIES, [ENTRIES[0].model_id, "nothing"])
