"""Pieces of the page, without a server: tables, examples, packed arrays."""

import base64
import zlib

import numpy as np
import pytest

from segdemo.prediction import Logits
from segdemo.ui.examples import EXAMPLES, example_of, find_example
from segdemo.ui.html import grid, paragraph, table
from segdemo.ui.inputs import UploadedPhoto
from segdemo.ui.viewer.packing import pack, pack_logits


def test_texts_of_visitors_are_escaped() -> None:
    bad = "<img src=x onerror=alert(1)>"
    for html in (paragraph(bad), grid([(bad, bad)]), table([bad], [[bad, bad]])):
        assert "<img" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_table_names_its_rows_and_columns() -> None:
    html = table(["Library", "Mean IoU"], [["segdemo", "0.5"]])
    assert '<th scope="col">Mean IoU</th>' in html
    assert '<th scope="row">segdemo</th><td>0.5</td>' in html


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_examples_are_found_by_name_and_by_photo(example) -> None:
    assert find_example(example.name) == example
    assert example_of(UploadedPhoto(None, example.photo.read_bytes())) == example.name
    assert example.mask is None or example.mask.is_file()
    assert len(example.thumbnail) < 40_000


def test_other_photos_and_names_are_no_examples() -> None:
    assert find_example("nothing") is None
    assert example_of(UploadedPhoto(None, b"another photo")) == ""


def softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=0))
    return powers / powers.sum(axis=0)


@pytest.mark.parametrize("spread", [1, 5, 30])
def test_packed_logits_keep_probabilities_within_half_a_percent(spread: float) -> None:
    values = spread * np.random.default_rng(0).standard_normal((11, 90, 120), dtype=np.float32)

    packed = pack_logits(Logits(values, (1.0, 0.5)))

    steps = np.frombuffer(zlib.decompress(base64.b64decode(packed.data)), np.uint8)
    unpacked = -packed.deepest * (steps.reshape(values.shape) / 255.0) ** 2
    assert (packed.planes, packed.height, packed.width) == values.shape
    assert packed.used == [1.0, 0.5]
    assert np.abs(softmax(unpacked) - softmax(values)).max() < 0.005
    assert len(packed.data) < 170_000


def test_packed_bytes_come_back() -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert zlib.decompress(base64.b64decode(pack(values))) == values.tobytes()
