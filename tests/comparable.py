"""Models that can be compared, whichever are bundled, a photo on which they differ, and a mask."""

import functools
import io
from collections import Counter

import numpy as np
from PIL import Image

from segdemo.comparison import LEAST_MODELS, MOST_MODELS
from segdemo.images import load_photo
from segdemo.labels import IGNORE_INDEX
from segdemo.predictor import predictor_of
from segdemo.ui.examples import find_example
from segdemo.views.overlays import indexed
from segdemo.zoo import ZooEntry, list_models


def comparable_models() -> tuple[ZooEntry, ...]:
    """All models, up to as many as can be compared, of the label set that has most."""
    entries = list_models()
    (label_set, found), *_ = Counter(entry.card.label_set for entry in entries).most_common()
    assert found >= LEAST_MODELS
    return tuple(e for e in entries if e.card.label_set == label_set)[:MOST_MODELS]


def photo_with_many_classes() -> Image.Image:
    """The example of the astronaut: no two models agree on all of it."""
    example = find_example("astronaut")
    assert example is not None
    return load_photo(example.photo)


@functools.cache
def made_up_mask() -> bytes:
    """A mask of that photo: not quite what the first model says, with a void corner, as a PNG."""
    prediction = predictor_of(comparable_models()[0]).predict(photo_with_many_classes())
    label_map = np.roll(prediction.label_map, 3, axis=1)
    label_map[:40, :60] = IGNORE_INDEX
    file = io.BytesIO()
    indexed(label_map, prediction.labels).save(file, "PNG")
    return file.getvalue()
