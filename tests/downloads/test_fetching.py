"""A transfer: what arrives whole is kept, anything else leaves nothing behind."""

import hashlib
from pathlib import Path

import pytest

from segdemo.downloads.fetching import fetch
from segdemo.errors import WeightsError
from tests.publisher import Publisher

CONTENTS = bytes(range(256)) * 12_000
DIGEST = hashlib.sha256(CONTENTS).hexdigest()
MEGABYTES = len(CONTENTS) / 1e6


def ignore(share: float) -> None:
    pass


def test_a_file_is_fetched_and_its_progress_told(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.publish("weights.pth", CONTENTS)
    shares: list[float] = []
    path = tmp_path / "new" / "weights.pth"

    fetch(url, path, digest=DIGEST[:8], megabytes=MEGABYTES, progress=shares.append)

    assert path.read_bytes() == CONTENTS
    assert [entry.name for entry in path.parent.iterdir()] == ["weights.pth"]
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert shares[-1] == 1


def test_another_file_of_that_name_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.publish("weights.pth", CONTENTS[:-1] + b"x")

    with pytest.raises(WeightsError, match=r"127\.0\.0\.1.*SHA-256 differs"):
        fetch(url, tmp_path / "w", digest=DIGEST[:8], megabytes=MEGABYTES, progress=ignore)

    assert list(tmp_path.iterdir()) == []


def test_a_file_much_larger_than_said_is_broken_off(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.publish("weights.pth", CONTENTS)

    with pytest.raises(WeightsError, match="more than the 1 MB expected"):
        fetch(url, tmp_path / "w", digest=DIGEST[:8], megabytes=1, progress=ignore)

    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_says_so(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="could not be fetched from 127"):
        fetch(f"{publisher.address}/no", tmp_path / "w", digest="", megabytes=1, progress=ignore)

    assert list(tmp_path.iterdir()) == []


def test_a_transfer_that_breaks_off_leaves_nothing(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.publish("weights.pth", CONTENTS[:-100])
    publisher.claimed = 100

    with pytest.raises(WeightsError, match="could not be fetched from 127"):
        fetch(url, tmp_path / "w", digest=DIGEST[:8], megabytes=MEGABYTES, progress=ignore)

    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"could not be fetched from 127\.0\.0\.1:1\."):
        fetch("http://127.0.0.1:1/w", tmp_path / "w", digest="", megabytes=1, progress=ignore)


def test_a_folder_that_cannot_be_written_is_named(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.publish("weights.pth", CONTENTS)
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WeightsError, match=r"'.*file' cannot be written.*SEGDEMO_WEIGHTS"):
        fetch(url, tmp_path / "file" / "w", digest="", megabytes=4, progress=ignore)
