"""From what a visitor uploaded to pairs in a folder of their own."""

import contextlib
import os
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradio.utils import get_upload_folder

from segdemo.errors import DataError
from segdemo.evaluation import Pairing, ZipLimits, pair_up, pair_up_zip
from segdemo.ui.examples import EXAMPLES

LIMITS = ZipLimits(entries=4_000, unpacked_bytes=1 << 30, ratio=50)
"""What a zip may cost this server; a person's own machine takes more, by the command line."""

MOST_FILES = 1_000
"""Photos, and masks, that are taken one by one: Gradio takes no more in one request."""

_IMAGES, _MASKS = "images", "masks"
_EXAMPLE_NAME = "example.zip"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pairs of one visitor; their files are deleted once nothing refers to it any more.

    Args:
        name: What was uploaded, for people.
        pairing: The pairs, and what has no partner.
        folder: Where their files are.
    """

    name: str
    pairing: Pairing
    folder: Path

    def __post_init__(self) -> None:
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def open_zip(archive: Path, *, limits: ZipLimits = LIMITS) -> Dataset:
    """Unpack an uploaded zip and pair its files up.

    Args:
        archive: The zip.
        limits: What it may cost.

    Returns:
        Its pairs.

    Raises:
        DataError: If it is no such zip, is over a limit, or holds no pair.
    """
    return _in_new_folder(archive.name, lambda folder: pair_up_zip(archive, folder, limits=limits))


def open_files(photos: Sequence[Path], masks: Sequence[Path]) -> Dataset:
    """Pair uploaded photos and masks up by their names.

    Args:
        photos: Files of photos.
        masks: Files of masks.

    Returns:
        Their pairs.

    Raises:
        DataError: If there are too many files, two have one name, or nothing pairs up.
    """
    if max(len(photos), len(masks)) > MOST_FILES:
        raise DataError(f"At most {MOST_FILES:,} photos and masks are taken. Pack them as a zip.")
    size = sum(path.stat().st_size for path in (*photos, *masks))
    if size > LIMITS.unpacked_bytes:
        raise DataError(
            f"The files have more than {LIMITS.unpacked_bytes / 1e9:.1f} GB. Take fewer."
        )

    def arrange(folder: Path) -> Pairing:
        for name, paths in ((_IMAGES, photos), (_MASKS, masks)):
            (folder / name).mkdir()
            for path in paths:
                _link(path, folder / name / path.name)
        try:
            return pair_up(folder / _IMAGES, folder / _MASKS)
        except DataError as error:
            raise DataError(str(error).replace(f"{folder}/", "")) from error

    return _in_new_folder(f"{len(photos)} uploaded photos, {len(masks)} masks", arrange)


def example_zip() -> Path:
    """Pack the example photos that have a ground truth, as a visitor would.

    Returns:
        The zip, where uploads are.
    """
    folder = Path(tempfile.mkdtemp(dir=_made(Path(get_upload_folder()))))
    with zipfile.ZipFile(folder / _EXAMPLE_NAME, "w") as file:
        for example in EXAMPLES:
            if example.mask:
                file.write(example.photo, f"{_IMAGES}/{example.photo.name}")
                file.write(example.mask, f"{_MASKS}/{example.name}{example.mask.suffix}")
    return folder / _EXAMPLE_NAME


def _in_new_folder(name: str, fill: Callable[[Path], Pairing]) -> Dataset:
    """A dataset in a folder that no one else sees and no address leads to."""
    folder = Path(tempfile.mkdtemp(prefix="segdemo-"))
    try:
        return Dataset(name, fill(folder), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _link(path: Path, place: Path) -> None:
    """Put an uploaded file into a folder, without a copy of its bytes where that is possible."""
    if place.exists():
        raise DataError(f"Two files are called '{path.name}'. Give each a name of its own.")
    with contextlib.suppress(OSError):  # another disk
        os.link(path, place)
        return
    shutil.copyfile(path, place)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
