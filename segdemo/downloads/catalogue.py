"""What can be fetched: torchvision's segmentation networks for VOC's 21 classes."""

from dataclasses import dataclass

from segdemo.card import Card, Preprocessing
from segdemo.errors import UnknownNameError
from segdemo.labels import LABEL_SETS

_LABELS = LABEL_SETS["voc"]

# Both are torchvision's: photos were shown with their shorter side at 520 pixels, which is a
# longer side of 693 for the usual photo.
_PREPROCESSING = Preprocessing(
    mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), longest_side_px=693
)


@dataclass(frozen=True)
class Download:
    """A model to be fetched, and what its publisher says of it.

    Args:
        card: Its card, as it will stand in the header of the file made of the download.
        url: Address of the weights. The eight digits before the suffix begin their SHA-256.
        megabytes: Size of the download, in 10^6 bytes.
        builder: Name of the network in torchvision.
        reported_mean_iou: Mean IoU that the publisher reports, in [0, 1].
        reported_on: Data on which it was measured.
    """

    card: Card
    url: str
    megabytes: float
    builder: str
    reported_mean_iou: float
    reported_on: str

    @property
    def model_id(self) -> str:
        """Id of the model."""
        return self.card.model_id

    @property
    def digest(self) -> str:
        """First digits of the SHA-256 of the weights, which their name ends with."""
        return self.url.rpartition("-")[2].partition(".")[0]


def _torchvision(
    architecture: str,
    *,
    builder: str,
    file: str,
    megabytes: float,
    parameters: int,
    multiply_adds: int,
    reported_mean_iou: float,
) -> Download:
    reported_on = "COCO val 2017, classes of VOC"
    url = f"https://download.pytorch.org/models/{file}"
    card = Card(
        model_id=f"{architecture}-{_LABELS.id}",
        architecture=architecture,
        label_set=_LABELS.id,
        class_names=_LABELS.class_names,
        preprocessing=_PREPROCESSING,
        licence="BSD-3-Clause, as torchvision; annotations of COCO are CC BY 4.0, photos under "
        "their owners' terms.",
        data="COCO train 2017, photos with one of VOC's 20 classes; trained by torchvision, not "
        "here.",
        recipe={"trained_by": "torchvision", "weights": "COCO_WITH_VOC_LABELS_V1", "url": url},
        limits="Knows VOC's 20 classes; everything else is background. It was not measured here: "
        f"torchvision reports mean IoU {reported_mean_iou:.3f} on {reported_on}.",
        parameters=parameters,
        multiply_adds=multiply_adds,
        cost_shape=(360, 480),
        scores=(),
    )
    return Download(card, url, megabytes, builder, reported_mean_iou, reported_on)


DOWNLOADS: tuple[Download, ...] = (
    _torchvision(
        "torchvision_deeplabv3_mobile",
        builder="deeplabv3_mobilenet_v3_large",
        file="deeplabv3_mobilenet_v3_large-fc3c493d.pth",
        megabytes=44.356,
        parameters=11_025_477,
        multiply_adds=6_615_528_240,
        reported_mean_iou=0.603,
    ),
    _torchvision(
        "torchvision_lraspp",
        builder="lraspp_mobilenet_v3_large",
        file="lraspp_mobilenet_v3_large-d234d4ea.pth",
        megabytes=13.097,
        parameters=3_221_538,
        multiply_adds=1_324_847_760,
        reported_mean_iou=0.579,
    ),
    _torchvision(
        "torchvision_fcn",
        builder="fcn_resnet50",
        file="fcn_resnet50_coco-1167a1af.pth",
        megabytes=141.567,
        parameters=32_957_013,
        multiply_adds=91_209_369_600,
        reported_mean_iou=0.605,
    ),
    _torchvision(
        "torchvision_deeplabv3",
        builder="deeplabv3_resnet50",
        file="deeplabv3_resnet50_coco-cd0a2569.pth",
        megabytes=168.312,
        parameters=39_638_869,
        multiply_adds=107_828_415_488,
        reported_mean_iou=0.664,
    ),
)
"""The models that can be fetched; a test holds the figures to torchvision's own."""


def find_download(model_id: str) -> Download:
    """Look up a model that can be fetched.

    Raises:
        UnknownNameError: If there is none of that id.
    """
    for download in DOWNLOADS:
        if download.model_id == model_id:
            return download
    known = ", ".join(download.model_id for download in DOWNLOADS)
    raise UnknownNameError(f"There is no model '{model_id}' to be fetched. Choose one of: {known}.")
