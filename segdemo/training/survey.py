"""Looking through all pairs before training starts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segdemo.errors import ImageError, MaskError
from segdemo.evaluation import Pair, read_truth
from segdemo.images import load_photo
from segdemo.labels import LabelSet
from segdemo.masks import common_reading


@dataclass(frozen=True)
class Survey:
    """What a set of pairs holds.

    Args:
        pairs: Number of pairs.
        encodings: How masks were understood, and how many of them each way.
        absent: Names of the classes that no mask shows.
    """

    pairs: int
    encodings: dict[str, int]
    absent: tuple[str, ...]

    def sentence(self, kind: str) -> str:
        """Say what was found, in one line."""
        read = "; ".join(f"{count} read as {name}" for name, count in self.encodings.items())
        missing = f" No mask shows: {', '.join(self.absent)}." if self.absent else ""
        return f"{self.pairs} {kind} pairs, {read}.{missing}"


def survey(pairs: Sequence[Pair], labels: LabelSet) -> Survey:
    """Open every photo and read every mask once, so that nothing breaks hours later.

    Args:
        pairs: Photos and masks.
        labels: Label set in which the masks are wanted.

    Returns:
        What they hold.

    Raises:
        ImageError: If a file cannot be read; the message names the pair.
        MaskError: If a mask does not fit its photo or the label set; the message names the pair.
    """
    reading = common_reading((pair.mask_path for pair in pairs), labels)
    encodings: Counter[str] = Counter()
    counts = np.zeros(256, dtype=np.int64)
    for pair in pairs:
        try:
            truth = read_truth(
                pair.mask_path,
                labels,
                photo=load_photo(pair.image_path),
                photo_source=pair.image_path,
                reading=reading,
            )
        except (ImageError, MaskError) as error:
            raise type(error)(f"{pair.stem}: {error}") from error
        encodings[truth.encoding] += 1
        counts += np.bincount(truth.label_map.ravel(), minlength=256)
    absent = (name for name, count in zip(labels.class_names, counts, strict=False) if not count)
    return Survey(len(pairs), dict(encodings), tuple(absent))
