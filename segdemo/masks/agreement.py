"""One reading for a whole folder of masks."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from segdemo.errors import SegdemoError
from segdemo.labels import LabelSet
from segdemo.masks.fitting import whole_readings
from segdemo.masks.selection import choose
from segdemo.masks.stored_file import read_stored


def common_reading(sources: Iterable[bytes | Path], labels: LabelSet) -> str | None:
    """Find the reading that masks of one origin have in common.

    A single mask may show too few classes to tell encodings apart: one of nothing but 0 and 255 is
    an object and the rest, or a photo without objects whose borders are void. Its neighbours tell.

    Args:
        sources: Contents or paths of masks; those that cannot be read have no say.
        labels: Label set in which they are wanted.

    Returns:
        Id to give to :func:`read_mask`: of the readings that masks are taken by, the one in which
        the values of most masks have a meaning. A guess counts only if all are guesses. None if
        no mask can be read.
    """
    taken: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for source in sources:
        try:
            stored = read_stored(source)
            whole.update(reading.id for reading in whole_readings(stored, labels))
            choice = choose(stored, labels)
        except SegdemoError:
            continue
        (guessed if choice.guess else taken)[choice.taken.reading.id] += 1
    votes = taken or guessed
    return max(votes, key=lambda key: (whole[key], votes[key])) if votes else None
