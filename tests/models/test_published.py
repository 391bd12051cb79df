"""Every bundled model against its card: measured again, not believed.

After publishing, store the outputs anew: ``pytest tests/models/test_published.py --store-outputs``.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdemo.models.weights import load_network
from segdemo.predictor import predictor_of, prepare
from segdemo.training.publish import count_multiply_adds, count_parameters
from segdemo.zoo import DIGESTS_FILE, WEIGHTS_DIR, ZooEntry, sha256
from tests.cards import bundled_models

OUTPUTS_DIR = Path(__file__).parent / "outputs"
LARGEST_FILE = 10_000_000
LARGEST_OUTPUT = 50_000
MODELS = {entry.model_id: entry for entry in bundled_models()}


@pytest.fixture(params=MODELS.values(), ids=MODELS)
def entry(request: pytest.FixtureRequest) -> ZooEntry:
    return request.param


def test_there_is_something_to_measure() -> None:
    assert MODELS


def test_size_and_cost_are_as_the_card_says(entry: ZooEntry) -> None:
    network = load_network(entry.card, entry.safetensors_path)

    assert count_parameters(network) == entry.card.parameters
    assert count_multiply_adds(network, shape=entry.card.cost_shape) == entry.card.multiply_adds


def test_bytes_and_digests_are_as_the_page_says(entry: ZooEntry) -> None:
    page = (WEIGHTS_DIR / DIGESTS_FILE).read_text("utf-8")

    for path in entry.paths:
        row = re.search(rf"^\| `{re.escape(path.name)}` \| (\d+) \| `(\w+)` \|$", page, re.M)
        assert row, path.name
        assert int(row[1]) == path.stat().st_size < LARGEST_FILE
        assert row[2] == sha256(path)


def test_there_are_two_files_and_both_hold_the_card(entry: ZooEntry) -> None:
    assert {path.suffix for path in entry.paths} == {".safetensors", ".onnx"}
    assert predictor_of(entry).labels == entry.card.labels  # refuses files of two makings


def soft_picture() -> Image.Image:
    """A picture without edges, the same on every machine."""
    coarse = np.random.default_rng(7).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((96, 64), Image.Resampling.BICUBIC)


def test_the_output_for_one_picture_is_the_stored_one(
    entry: ZooEntry, request: pytest.FixtureRequest
) -> None:
    predictor = predictor_of(entry)
    x, _ = prepare(soft_picture(), predictor.preprocessing)
    logits = predictor.engine.run(x)[0][:, ::4, ::4]
    path = OUTPUTS_DIR / f"{entry.model_id}.npz"
    if request.config.getoption("--store-outputs"):
        OUTPUTS_DIR.mkdir(exist_ok=True)
        np.savez_compressed(path, logits=logits.astype(np.float16))

    stored = np.load(path, allow_pickle=False)["logits"].astype(np.float32)

    assert path.stat().st_size < LARGEST_OUTPUT
    # Processors differ in the order of their sums, not in the answer.
    np.testing.assert_allclose(logits, stored, atol=0.02 * np.abs(stored).max())
    assert np.mean(logits.argmax(axis=0) == stored.argmax(axis=0)) > 0.98


def test_no_output_is_stored_for_a_model_that_is_gone() -> None:
    assert {path.stem for path in OUTPUTS_DIR.iterdir()} == MODELS.keys()
