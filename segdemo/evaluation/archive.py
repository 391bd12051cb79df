"""Zips of pairs: unpacked behind limits, never outside of one folder."""

import mmap
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segdemo.errors import DataError
from segdemo.evaluation.pairs import COCO_SUFFIXES, MASK_SUFFIXES, PHOTO_SUFFIXES

_IMAGES_NAMES = ("images", "photos")
_MASKS_NAMES = ("masks",)
_WANTED_SUFFIXES = PHOTO_SUFFIXES | MASK_SUFFIXES | COCO_SUFFIXES

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of packing that unpack in pieces of bounded size; bzip2 and LZMA do not."""

_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED = 1
_CHUNK_BYTES = 1 << 18
_RATIO_FREE_BYTES = 1 << 26
"""Up to this size (64 MB) the ratio does not matter: masks of few classes pack very well."""


@dataclass(frozen=True)
class ZipLimits:
    """What an archive may cost.

    Args:
        entries: Largest number of files and folders in it.
        unpacked_bytes: Largest size of all its files together, counted while they are unpacked.
        ratio: Largest unpacked size over packed size, beyond the first 64 MB.

    Raises:
        ValueError: If a limit is below 1.
    """

    entries: int = 50_000
    unpacked_bytes: int = 8 << 30
    ratio: float = 50.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}")


def unpack(archive: Path, target: Path, *, limits: ZipLimits | None = None) -> None:
    """Unpack the photos and masks of a zip into a folder.

    Files of other kinds are passed over: archives within the archive are never opened. Nothing
    is written outside of ``target``: an archive in which any name is absolute, has a drive letter
    or a NUL, goes up by ``..``, is there twice, or stands for a link or a device is refused as a
    whole, before anything is written. Sizes are counted while unpacking; what the headers say of
    them is not believed.

    Args:
        archive: The zip.
        target: Folder to unpack into; made if it is missing. After an error it may hold a part.
        limits: What the archive may cost; None for the usual limits.

    Raises:
        DataError: If the file is no zip, is damaged, encrypted or over a limit, or has such a name.
    """
    limits = limits or ZipLimits()
    try:
        _check_number_of_entries(archive, limits)
        with zipfile.ZipFile(archive) as file:
            entries = file.infolist()
            places = _places(entries)
            _Unpacking(file, limits, archive.stat().st_size).run(places, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError) as error:
        raise DataError(
            f"'{archive.name}' is no zip archive or is damaged. Make or download it again."
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(
            f"'{archive.name}' cannot be unpacked. Check that it exists, may be read, and that "
            f"the disk has room."
        ) from error


def find_folders(root: Path) -> tuple[Path, Path]:
    """Find the folder of photos and the folder of masks in an unpacked archive.

    They are named ``images`` (or ``photos``) and ``masks``, in any case, and lie side by side: at
    the top, or below a single folder there.

    Args:
        root: Folder of the unpacked archive.

    Returns:
        The folder of photos and the folder of masks.

    Raises:
        DataError: If there are no such folders.
    """
    for place in (root, *_only_folder(root)):
        folders = {path.name.lower(): path for path in place.iterdir() if path.is_dir()}
        images = next((folders[name] for name in _IMAGES_NAMES if name in folders), None)
        masks = next((folders[name] for name in _MASKS_NAMES if name in folders), None)
        if images and masks:
            return images, masks
    raise DataError(
        "The zip has no folders 'images' and 'masks' side by side. Pack two folders of these names."
    )


def _only_folder(root: Path) -> list[Path]:
    folders = [path for path in root.iterdir() if path.is_dir() and path.name != "__MACOSX"]
    return folders if len(folders) == 1 else []


def _check_number_of_entries(archive: Path, limits: ZipLimits) -> None:
    """Refuse an archive of too many entries before Python reads the list of them into memory.

    The marks of entries are counted, as numbers in headers may lie; a mark that occurs in the
    middle of packed data by chance counts too, once in four gigabytes.
    """
    with archive.open("rb") as file:
        if not archive.stat().st_size:
            raise zipfile.BadZipFile("empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            marks, at = 0, data.find(_ENTRY_MARK)
            while at >= 0:
                marks += 1
                if marks > limits.entries:
                    raise DataError(
                        f"'{archive.name}' has more than {limits.entries:,} entries. Split it up."
                    )
                at = data.find(_ENTRY_MARK, at + len(_ENTRY_MARK))


def _places(entries: list[zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Where the wanted files go, relative to the target.

    Raises:
        DataError: If any entry, wanted or not, has a name that leads elsewhere.
    """
    places: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for entry in entries:
        place = _place(entry)
        if entry.is_dir() or place.suffix.lower() not in _WANTED_SUFFIXES:
            continue
        if place in places:
            raise DataError(f"The zip has '{_shown(entry)}' twice. Pack it anew.")
        if entry.flag_bits & _ENCRYPTED:
            raise DataError("The zip is encrypted. Pack it without a password.")
        if entry.compress_type not in _METHODS:
            raise DataError("The zip is packed in an uncommon way. Pack it with 'deflate'.")
        places[place] = entry
    return places


def _place(entry: zipfile.ZipInfo) -> PurePosixPath:
    # orig_filename: Python cuts a name off at a NUL. Backslashes are what some Windows programs
    # write between folders.
    name = entry.orig_filename.replace("\\", "/")
    place = PurePosixPath(name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    leads_elsewhere = (
        "\0" in name
        or place.is_absolute()
        or re.match(r"[A-Za-z]:", name)
        or ".." in place.parts
        or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
    )
    if leads_elsewhere:
        raise DataError(
            f"The zip has an entry '{_shown(entry)}' that leads out of its folder or is a link. "
            f"Pack plain files and folders."
        )
    return place


def _shown(entry: zipfile.ZipInfo) -> str:
    """An entry's name as far as it can be printed, and not too long."""
    return ascii(entry.orig_filename)[1:-1][:80]


@dataclass
class _Unpacking:
    """The writing of one archive's files, with what it has cost so far."""

    file: zipfile.ZipFile
    limits: ZipLimits
    packed_bytes: int
    unpacked_bytes: int = 0

    def run(self, places: dict[PurePosixPath, zipfile.ZipInfo], target: Path) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for place, entry in places.items():
            path = target / place
            path.parent.mkdir(parents=True, exist_ok=True)
            # "x": a file that is there already, under a name of another case say, is no place.
            with self.file.open(entry) as source, path.open("xb") as written:
                while chunk := source.read(_CHUNK_BYTES):
                    self._count(len(chunk))
                    written.write(chunk)

    def _count(self, size: int) -> None:
        self.unpacked_bytes += size
        if self.unpacked_bytes > self.limits.unpacked_bytes:
            raise DataError(
                f"The zip unpacks to more than {self.limits.unpacked_bytes / 1e9:.1f} GB. Split "
                f"it up."
            )
        beyond = self.unpacked_bytes - _RATIO_FREE_BYTES
        if beyond > self.limits.ratio * self.packed_bytes:
            raise DataError(
                f"The zip unpacks to more than {self.limits.ratio:.0f} times its size, as no "
                f"photos do. Pack the photos themselves."
            )
