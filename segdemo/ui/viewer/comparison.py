"""The viewer of several results of one photo, which share opacity, zoom, classes and pointer."""

from dataclasses import dataclass

import numpy as np
from gradio.data_classes import FileData, GradioModel
from PIL import Image

from segdemo.comparison import Comparison
from segdemo.ui.viewer.data import hex_of, shown_size
from segdemo.ui.viewer.drawn import DrawnInBrowser, shrink, write_shown
from segdemo.ui.viewer.packing import PackedLogits, pack, pack_logits
from segdemo.views.palettes import safe_palette


@dataclass(frozen=True)
class ComparedPhoto:
    """A photo with what several models made of it: what a handler gives the viewer.

    Args:
        photo: The photo, mode RGB.
        comparison: What the models made of it.
        titles: What each model is called on the page, in the comparison's order.
        photo_key: Same for the same photo, so that zoom and read-out stay when models change.
        example: Name of the example that the photo is; empty for a visitor's own.

    Raises:
        ValueError: If there is not one title per model.
    """

    photo: Image.Image
    comparison: Comparison
    titles: tuple[str, ...]
    photo_key: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        if len(self.titles) != len(self.comparison.models):
            raise ValueError(
                f"titles must hold {len(self.comparison.models)} names, one per model, got "
                f"{len(self.titles)}"
            )


class ComparedResult(GradioModel):
    """What one model says; ``label_map`` is base64 of deflated rows of class indices."""

    model: str
    title: str
    label_map: str
    logits: PackedLogits


class ComparedClass(GradioModel):
    """A class, with its share of the photo, 0 to 1: the largest, by model, and in the truth."""

    index: int
    name: str
    colour: str
    safe_colour: str
    share: float
    shares: list[float]
    truth_share: float


class VoteShare(GradioModel):
    """Share of the photo on which so many different classes are named."""

    classes: int
    share: float


class ComparisonData(GradioModel):
    """What the browser gets; ``truth`` is packed as label maps are, empty without one."""

    result_id: str
    label_set: str
    photo: FileData
    width: int
    height: int
    photo_width: int
    photo_height: int
    photo_key: str
    example: str
    classes: list[ComparedClass]
    models: list[ComparedResult]
    votes: list[VoteShare]
    truth: str


class ComparisonViewer(DrawnInBrowser):
    """Shows a ``ComparedPhoto``: a picture per model, the photo, the truth, the disagreement.

    Its event ``export`` asks for a file that is not made beforehand.
    """

    data_model = ComparisonData

    def __init__(self, value: ComparedPhoto | None = None, *, elem_id: str | None = None) -> None:
        super().__init__("comparison", value, elem_id=elem_id)

    def postprocess(  # type: ignore[override]
        self, value: ComparedPhoto | None
    ) -> ComparisonData | None:
        """Write the photo and pack what the browser draws."""
        if value is None:
            return None
        photo, comparison = value.photo, value.comparison
        folder = self.result_folder()
        shown = shown_size(photo.size)
        truth = comparison.truth
        return ComparisonData(
            result_id=folder.name,
            label_set=comparison.labels.id,
            photo=write_shown(photo, shown, folder),
            width=shown[0],
            height=shown[1],
            photo_width=photo.width,
            photo_height=photo.height,
            photo_key=value.photo_key,
            example=value.example,
            classes=compared_classes(comparison),
            models=[
                ComparedResult(
                    model=model.entry.model_id,
                    title=title,
                    label_map=pack(shrink(model.label_map, shown)),
                    logits=pack_logits(model.logits),
                )
                for model, title in zip(comparison.models, value.titles, strict=True)
            ],
            votes=[
                VoteShare(classes=classes, share=share)
                for classes, share in comparison.vote_shares.items()
            ],
            truth="" if truth is None else pack(shrink(truth.label_map, shown)),
        )


def compared_classes(comparison: Comparison) -> list[ComparedClass]:
    """All classes of a comparison's label set, the one with the largest mean share first."""
    labels, truth = comparison.labels, comparison.truth
    safe = safe_palette(labels)
    shares = np.array([model.shares for model in comparison.models])
    actual = np.zeros(labels.num_classes)
    if truth is not None:
        counts = np.bincount(truth.label_map.ravel(), minlength=256)
        actual = counts[: labels.num_classes] / truth.label_map.size
    return [
        ComparedClass(
            index=int(index),
            name=labels.class_names[index],
            colour=hex_of(labels.colours[index]),
            safe_colour=hex_of(safe[index]),
            share=float(shares[:, index].max()),
            shares=shares[:, index].tolist(),
            truth_share=float(actual[index]),
        )
        for index in np.argsort(-shares.mean(axis=0), kind="stable")
    ]
