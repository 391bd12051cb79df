"""Which photo belongs to which mask."""

import itertools
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segdemo.errors import DataError

MASK_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".bmp", ".npy"})
COCO_SUFFIXES = frozenset({".json"})
PHOTO_SUFFIXES = frozenset(
    {
        ".jpg",
        ".jpeg",
        ".png",
        ".webp",
        ".bmp",
        ".tif",
        ".tiff",
        ".gif",
        ".heic",
        ".heif",
        ".avif",
    }
)


@dataclass(frozen=True)
class Pair:
    """A photo and its ground truth.

    Args:
        stem: The name they share, without suffix; in nested folders with the folders before it,
            as in ``seq1/0001``.
        image_path: The photo.
        mask_path: The ground truth.
    """

    stem: str
    image_path: Path
    mask_path: Path


@dataclass(frozen=True)
class Pairing:
    """What was found in a folder of photos and a folder of masks.

    Args:
        pairs: Photos with their masks, sorted by stem.
        photos_alone: Names of photos without a mask, sorted, as paths below their folder.
        masks_alone: Names of masks without a photo, likewise.
    """

    pairs: tuple[Pair, ...]
    photos_alone: tuple[str, ...] = ()
    masks_alone: tuple[str, ...] = ()


def find_pairs(images_dir: Path, masks_dir: Path) -> list[Pair]:
    """Pair photos with the masks of the same name: the pairs of :func:`pair_up` alone.

    Args:
        images_dir: Folder of photos.
        masks_dir: Folder of masks.

    Returns:
        Pairs, sorted by stem.

    Raises:
        DataError: As :func:`pair_up`.
    """
    return list(pair_up(images_dir, masks_dir).pairs)


def pair_up(images_dir: Path, masks_dir: Path) -> Pairing:
    """Pair photos with the masks of the same name, in nested folders too.

    The name is the path below the folder, without suffix. What then is left pairs up by the last
    part of its name alone, if that occurs once among all photos and once among all masks. Hidden
    files and folders, and macOS's ``__MACOSX``, are passed over; links to folders are not
    followed.

    Args:
        images_dir: Folder of photos.
        masks_dir: Folder of masks.

    Returns:
        Pairs, at least one, and what has no partner.

    Raises:
        DataError: If a folder is missing, nothing pairs up, or a name occurs twice in one folder.
    """
    for folder in (images_dir, masks_dir):
        if not folder.is_dir():
            raise DataError(f"There is no folder '{folder}'. Name one that holds the pairs.")
    photos = _files(images_dir, PHOTO_SUFFIXES)
    # Annotation programs keep their notes as JSON beside the mask that they draw.
    masks = _files(masks_dir, COCO_SUFFIXES) | _files(masks_dir, MASK_SUFFIXES)
    partners = _partners(list(photos), list(masks))
    if not partners:
        raise DataError(f"No photo in '{images_dir}' has a mask of the same name in '{masks_dir}'.")
    taken = set(partners.values())
    return Pairing(
        tuple(Pair(key, photos[key], masks[partners[key]]) for key in photos if key in partners),
        _names((photos[key] for key in photos if key not in partners), images_dir),
        _names((masks[key] for key in masks if key not in taken), masks_dir),
    )


def _partners(photos: list[str], masks: list[str]) -> dict[str, str]:
    """Key of the mask for each key of a photo that has one."""
    partners = {key: key for key in set(photos) & set(masks)}
    photos_named, masks_named = (Counter(map(_last_part, keys)) for keys in (photos, masks))
    free = {_last_part(key): key for key in masks if key not in partners}
    for key in photos:
        name = _last_part(key)
        once = photos_named[name] == masks_named[name] == 1
        if key not in partners and once and name in free:
            partners[key] = free[name]
    return partners


def _last_part(key: str) -> str:
    return key.rpartition("/")[2]


def _names(paths: Iterable[Path], folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(folder).as_posix() for path in paths))


def _files(folder: Path, suffixes: frozenset[str]) -> dict[str, Path]:
    """Files in and below a folder with one of the suffixes, by their keys, sorted.

    Raises:
        DataError: If two of them share a key.
    """
    found = sorted(
        (path.relative_to(folder).with_suffix("").as_posix(), path)
        for path in _visible_files(folder)
        if path.suffix.lower() in suffixes
    )
    for (before, first), (after, second) in itertools.pairwise(found):
        if before == after:
            raise DataError(
                f"'{first.name}' and '{second.name}' in '{first.parent}' have one name. Keep one "
                f"of them."
            )
    return dict(found)


def _visible_files(folder: Path) -> list[Path]:
    files: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        paths = (Path(place) / name for name in names if not _is_hidden(name))
        files.extend(path for path in paths if path.is_file())
    return files


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"
