"""Pairs in nested folders, and what has no partner."""

from pathlib import Path

import pytest

from segdemo.errors import DataError
from segdemo.evaluation import pair_up


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def test_nested_folders_pair_up_by_the_path_below_them(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "b/1.jpg", "a/1.jpg", "a/deep/1.jpg")
    masks = touch(tmp_path / "masks", "a/1.png", "b/1.png", "a/deep/1.png")

    found = pair_up(photos, masks)

    assert [pair.stem for pair in found.pairs] == ["a/1", "a/deep/1", "b/1"]
    assert all(
        pair.image_path == photos / f"{pair.stem}.jpg"
        and pair.mask_path == masks / f"{pair.stem}.png"
        for pair in found.pairs
    )
    assert found.photos_alone == found.masks_alone == ()


def test_a_name_that_occurs_once_pairs_up_across_folders(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "train/x.jpg", "y.jpg")
    masks = touch(tmp_path / "masks", "x.png", "city/y.png")

    found = pair_up(photos, masks)

    assert [(pair.stem, pair.mask_path) for pair in found.pairs] == [
        ("train/x", masks / "x.png"),
        ("y", masks / "city" / "y.png"),
    ]


@pytest.mark.parametrize("one_more", ["photos/b/x.jpg", "masks/b/x.png"])
def test_a_name_that_occurs_twice_does_not(one_more: str, tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a/x.jpg", "same.jpg")
    masks = touch(tmp_path / "masks", "c/x.png", "same.png")
    touch(tmp_path, one_more)

    found = pair_up(photos, masks)

    assert [pair.stem for pair in found.pairs] == ["same"]
    assert "a/x.jpg" in found.photos_alone
    assert "c/x.png" in found.masks_alone


def test_what_has_no_partner_is_listed(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a.jpg", "z.jpg", "sub/alone.jpg", "notes.txt")
    masks = touch(tmp_path / "masks", "a.png", "a.json", "mask-alone.png")

    found = pair_up(photos, masks)

    assert found.photos_alone == ("sub/alone.jpg", "z.jpg")
    assert found.masks_alone == ("mask-alone.png",)  # a.json is no mask: it lies beside one


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a.jpg", "._a.jpg", ".cache/a.jpg", "__MACOSX/b.jpg")
    masks = touch(tmp_path / "masks", "a.png", "__MACOSX/b.png")

    found = pair_up(photos, masks)

    assert [pair.stem for pair in found.pairs] == ["a"]
    assert found.photos_alone == found.masks_alone == ()


def test_two_photos_of_one_name_are_refused(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "sub/a.jpg", "sub/a.png")
    masks = touch(tmp_path / "masks", "sub/a.png")

    with pytest.raises(DataError, match=r"'a\.jpg' and 'a\.png' in '.*sub' have one name"):
        pair_up(photos, masks)


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    photos = touch(tmp_path / "photos", "a.jpg")
    masks = touch(tmp_path / "masks", "a.png")
    (photos / "again").symlink_to(photos, target_is_directory=True)

    assert [pair.stem for pair in pair_up(photos, masks).pairs] == ["a"]
