"""The look through all pairs before training starts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.errors import ImageError, MaskError
from segdemo.evaluation import Pair
from segdemo.labels import PEOPLE_ANIMALS
from segdemo.training.survey import survey


def write_pair(folder: Path, stem: str, label_map: list[list[int]], *, size_px: int = 8) -> Pair:
    pair = Pair(stem, folder / f"{stem}.photo.png", folder / f"{stem}.mask.png")
    values = np.kron(np.array(label_map), np.ones((4, 4))).astype(np.uint8)
    Image.fromarray(values).save(pair.mask_path)
    Image.new("RGB", (size_px, size_px)).save(pair.image_path)
    return pair


def test_what_masks_hold_and_lack_is_said(tmp_path: Path) -> None:
    pairs = [
        write_pair(tmp_path, "a", [[0, 1], [2, 255]]),
        write_pair(tmp_path, "b", [[0, 5], [4, 5]]),
    ]

    found = survey(pairs, PEOPLE_ANIMALS)

    assert (found.pairs, sum(found.encodings.values())) == (2, 2)
    assert found.absent == ("dog", "sheep")
    assert found.sentence("training").startswith("2 training pairs, 2 read as class ids of ")
    assert found.sentence("training").endswith(" No mask shows: dog, sheep.")


def test_where_every_class_occurs_nothing_is_missed(tmp_path: Path) -> None:
    pairs = [
        write_pair(tmp_path, "a", [[0, 1], [2, 3]]),
        write_pair(tmp_path, "b", [[4, 5], [6, 6]]),
    ]

    found = survey(pairs, PEOPLE_ANIMALS)

    assert found.absent == ()
    assert "No mask shows" not in found.sentence("training")


def test_a_mask_of_another_size_is_refused_by_name(tmp_path: Path) -> None:
    pairs = [write_pair(tmp_path, "good", [[0, 1]] * 2), write_pair(tmp_path, "odd", [[0, 1]])]

    with pytest.raises(MaskError, match=r"^odd: "):
        survey(pairs, PEOPLE_ANIMALS)


@pytest.mark.parametrize("kind", ["image_path", "mask_path"])
def test_a_broken_file_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    pair = write_pair(tmp_path, "torn", [[0, 1], [1, 0]])
    path: Path = getattr(pair, kind)
    path.write_bytes(path.read_bytes()[:40])

    with pytest.raises((ImageError, MaskError), match=r"^torn: "):
        survey([pair], PEOPLE_ANIMALS)
