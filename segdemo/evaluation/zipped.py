"""The pairs of a zip."""

from pathlib import Path

from segdemo.errors import DataError
from segdemo.evaluation.archive import ZipLimits, find_folders, unpack
from segdemo.evaluation.pairs import Pairing, pair_up


def pair_up_zip(archive: Path, target: Path, *, limits: ZipLimits | None = None) -> Pairing:
    """Unpack a zip of photos and masks and pair them up.

    Args:
        archive: The zip, with the folders ``images`` and ``masks``: see :func:`find_folders`.
        target: Folder to unpack into.
        limits: What the archive may cost; None for the usual limits.

    Returns:
        The pairs, whose files are in ``target``, and what has no partner.

    Raises:
        DataError: As :func:`unpack`, :func:`find_folders` and :func:`pair_up`; folders are named
            as they are in the zip.
    """
    unpack(archive, target, limits=limits)
    images, masks = find_folders(target)
    try:
        return pair_up(images, masks)
    except DataError as error:
        raise DataError(str(error).replace(f"{target}/", "")) from error
