"""What is said of models to be fetched is what their publisher says."""

import re

import pytest
from torchvision.models import get_model_weights

from segdemo.card import card_from_text, card_to_text
from segdemo.downloads import DOWNLOADS, Download, find_download
from segdemo.errors import UnknownNameError
from segdemo.models import build_model
from segdemo.training.publish import count_multiply_adds, count_parameters

each = pytest.mark.parametrize("download", DOWNLOADS, ids=lambda download: download.model_id)


@each
def test_address_size_and_score_are_torchvisions(download: Download) -> None:
    published = get_model_weights(download.builder).DEFAULT

    assert download.url == published.url
    assert download.card.recipe["weights"] == published.name
    assert download.megabytes == pytest.approx(1.048576 * published.meta["_file_size"], abs=1e-3)
    (score,) = published.meta["_metrics"].values()
    assert list(published.meta["_metrics"]) == ["COCO-val2017-VOC-labels"]
    assert download.reported_mean_iou == pytest.approx(score["miou"] / 100)
    assert f"{download.reported_mean_iou:.3f} on COCO val 2017" in download.card.limits


@each
def test_classes_are_torchvisions_in_its_order(download: Download) -> None:
    categories = get_model_weights(download.builder).DEFAULT.meta["categories"]

    assert categories[0] == "__background__"
    assert download.card.class_names == ("background", *categories[1:])


@each
def test_photos_are_prepared_as_torchvision_does(download: Download) -> None:
    transforms = get_model_weights(download.builder).DEFAULT.transforms()
    preprocessing = download.card.preprocessing

    assert list(preprocessing.mean) == transforms.mean
    assert list(preprocessing.std) == transforms.std
    # It brings the shorter side to a size; a photo of 4 to 3 is then this long.
    assert preprocessing.longest_side_px == round(transforms.resize_size[0] * 4 / 3)


@each
def test_parameters_and_cost_are_those_of_the_network(download: Download) -> None:
    card = download.card
    network = build_model(card.architecture, num_classes=len(card.class_names))

    assert card.parameters == count_parameters(network)
    assert card.multiply_adds == count_multiply_adds(network, shape=card.cost_shape)


@each
def test_the_digest_is_the_one_in_the_name(download: Download) -> None:
    assert re.fullmatch("[0-9a-f]{8}", download.digest)
    assert f"-{download.digest}.pth" in download.url


@each
def test_nothing_is_said_to_be_measured_here(download: Download) -> None:
    assert download.card.scores == ()
    assert card_from_text(card_to_text(download.card)) == download.card


def test_a_download_is_found_by_its_id() -> None:
    assert [find_download(download.model_id) for download in DOWNLOADS] == list(DOWNLOADS)


def test_what_cannot_be_fetched_is_named_with_what_can() -> None:
    with pytest.raises(UnknownNameError, match=r"'unet-moon'.*torchvision_fcn-voc"):
        find_download("unet-moon")
