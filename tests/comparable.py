"""Models that can be compared, whichever are bundled, and a photo on which they differ."""

from collections import Counter

from PIL import Image

from segdemo.comparison import LEAST_MODELS, MOST_MODELS
from segdemo.images import load_photo
from segdemo.ui.examples import find_example
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
