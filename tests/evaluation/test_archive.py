"""Zips: what is unpacked, and what is refused before or while it is."""

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from segdemo.errors import DataError
from segdemo.evaluation import ZipLimits, find_folders, unpack
from segdemo.evaluation import archive as archive_module


def make_zip(path: Path, entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_photos_and_masks_are_unpacked_as_they_are(tmp_path: Path) -> None:
    entries = {"images/a.jpg": os.urandom(900_000), "masks/a.png": b"mask", "masks/b.npy": b""}
    archive = make_zip(tmp_path / "a.zip", entries)

    unpack(archive, tmp_path / "out")

    assert files_below(tmp_path / "out") == entries


def test_archives_within_and_files_of_other_kinds_are_left_out(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"images/b.png": b"b"}).read_bytes()
    entries = {"images/a.png": b"a", "more.zip": inner, "x.tar.gz": b"", "run.py": b"", "none": b""}

    unpack(make_zip(tmp_path / "a.zip", entries), tmp_path / "out")

    assert files_below(tmp_path / "out") == {"images/a.png": b"a"}


@pytest.mark.parametrize(
    "name",
    [
        "../out.png",
        "images/../../out.png",
        "/etc/out.png",
        "C:/out.png",
        "c:out.png",
        "..\\out.png",
        "\\\\host\\share\\out.png",
        "../notes.txt",  # also where the file would be left out anyway
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_written(
    name: str, tmp_path: Path
) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": b"a", name: b"evil"})

    with pytest.raises(DataError, match="leads out of its folder"):
        unpack(archive, tmp_path / "deep" / "er" / "out")

    assert set(files_below(tmp_path)) == {"a.zip"}


def test_a_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png_.exe": b"x"})
    archive.write_bytes(archive.read_bytes().replace(b"a.png_", b"a.png\0"))

    with pytest.raises(DataError, match="leads out"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(kind: int, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("images/a.png")
    link.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")

    with pytest.raises(DataError, match="is a link"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": b"1", "images/b.png": b"2"})
    archive.write_bytes(archive.read_bytes().replace(b"b.png", b"a.png"))

    with pytest.raises(DataError, match="twice"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {f"images/{i}.png": b"" for i in range(11)})

    unpack(archive, tmp_path / "enough", limits=ZipLimits(entries=11))
    with pytest.raises(DataError, match="more than 10 entries"):
        unpack(archive, tmp_path / "out", limits=ZipLimits(entries=10))


def test_the_number_of_entries_is_not_believed(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {f"images/{i}.png": b"" for i in range(11)})
    content = bytearray(archive.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<HH", content, end + 8, 1, 1)
    archive.write_bytes(content)

    with pytest.raises(DataError, match="more than 10 entries"):
        unpack(archive, tmp_path / "out", limits=ZipLimits(entries=10))


def test_the_size_is_counted_while_unpacking(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": bytes(700), "images/b.png": bytes(700)})

    unpack(archive, tmp_path / "enough", limits=ZipLimits(unpacked_bytes=1400))
    with pytest.raises(DataError, match="unpacks to more than"):
        unpack(archive, tmp_path / "out", limits=ZipLimits(unpacked_bytes=1399))

    written = sum(map(len, files_below(tmp_path / "out").values()))
    assert written <= 1399


def test_a_header_that_lies_about_the_size_does_not_help(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": bytes(100_000)})
    content = archive.read_bytes().replace(struct.pack("<I", 100_000), struct.pack("<I", 10))
    archive.write_bytes(content)

    with pytest.raises(DataError):
        unpack(archive, tmp_path / "out", limits=ZipLimits(unpacked_bytes=1000))
    assert sum(map(len, files_below(tmp_path / "out").values())) <= 1000


def test_what_unpacks_far_too_well_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": bytes(3_000_000)})
    packed = archive.stat().st_size
    unpack(archive, tmp_path / "small")  # below 64 MB nobody asks

    monkeypatch.setattr(archive_module, "_RATIO_FREE_BYTES", 0)
    unpack(archive, tmp_path / "enough", limits=ZipLimits(ratio=3_000_000 / packed + 1))
    with pytest.raises(DataError, match="50 times its size"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_without_bounded_pieces_is_refused(method: int, tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": b"a"}, method=method)

    with pytest.raises(DataError, match="Pack it with 'deflate'"):
        unpack(archive, tmp_path / "out")


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": b"a"})
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)

    with pytest.raises(DataError, match="without a password"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04 junk"])
def test_what_is_no_zip_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(content)

    with pytest.raises(DataError, match=r"'a\.zip' is no zip archive or is damaged"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_a_damaged_zip_and_a_missing_one_are_named(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"images/a.png": os.urandom(5000)})
    content = bytearray(archive.read_bytes())
    content[2000] ^= 255
    archive.write_bytes(content)

    with pytest.raises(DataError, match="damaged"):
        unpack(archive, tmp_path / "out")
    with pytest.raises(DataError, match="cannot be unpacked"):
        unpack(tmp_path / "none.zip", tmp_path / "out")


def test_limits_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="entries must be at least 1, got 0"):
        ZipLimits(entries=0)


@pytest.mark.parametrize(
    ("places", "images", "masks"),
    [
        (["images", "masks"], "images", "masks"),
        (["Photos", "Masks"], "Photos", "Masks"),
        (["top/images", "top/masks", "__MACOSX/x"], "top/images", "top/masks"),
        (["images", "masks", "more"], "images", "masks"),
    ],
)
def test_the_folders_are_found_at_the_top_or_one_below(
    places: list[str], images: str, masks: str, tmp_path: Path
) -> None:
    for place in places:
        (tmp_path / place).mkdir(parents=True)

    assert find_folders(tmp_path) == (tmp_path / images, tmp_path / masks)


@pytest.mark.parametrize("places", [[], ["images"], ["a/images", "b/masks"], ["a/b/images"]])
def test_a_zip_of_another_layout_says_what_is_wanted(places: list[str], tmp_path: Path) -> None:
    for place in places:
        (tmp_path / place).mkdir(parents=True)

    with pytest.raises(DataError, match="no folders 'images' and 'masks'"):
        find_folders(tmp_path)
