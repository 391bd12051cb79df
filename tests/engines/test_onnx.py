"""The bundled models: both files, side by side, on a real photo."""

from pathlib import Path

import numpy as np
import pytest
import torch

from segdemo.engines.onnx import load_onnx_engine
from segdemo.engines.torch import TorchEngine
from segdemo.errors import WeightsError
from segdemo.images import load_photo
from segdemo.models.weights import load_network
from segdemo.predictor import Predictor, load_predictor
from segdemo.training.publish import count_multiply_adds, count_parameters
from segdemo.zoo import ZooEntry, check_digest, list_models

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
ENTRIES = list_models()

each_model = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.model_id)


def test_the_first_models_are_there() -> None:
    assert {
        "fcn-street",
        "deeplabv3plus-street",
        "pspnet-street",
        "deeplabv3plus-people_animals",
    } <= {entry.model_id for entry in ENTRIES}


@each_model
def test_each_model_is_two_small_files_with_one_card(entry: ZooEntry) -> None:
    assert entry.onnx_path is not None
    assert load_onnx_engine(entry.onnx_path).card == entry.card
    for path in entry.paths:
        assert path.stat().st_size < 10_000_000
        check_digest(path)
        assert path.name in (path.parent / "README.md").read_text("utf-8")


@each_model
@pytest.mark.parametrize("name", ["chelsea.jpg", "astronaut.jpg"])
def test_both_files_agree_on_the_labels_of_a_photo(entry: ZooEntry, name: str) -> None:
    photo = load_photo(EXAMPLES / name)
    network = load_network(entry.card, entry.safetensors_path)
    by_torch = Predictor(
        entry.model_id,
        entry.card.labels,
        entry.card.preprocessing,
        TorchEngine(network, torch.device("cpu")),
    ).predict(photo)
    by_onnx = load_predictor(entry.model_id).predict(photo)
    agreement = float((by_torch.label_map == by_onnx.label_map).mean())
    assert agreement >= 0.999
    assert np.abs(by_torch.confidence - by_onnx.confidence).mean() < 0.01


@each_model
def test_the_card_states_what_is_measured(entry: ZooEntry) -> None:
    network = load_network(entry.card, entry.safetensors_path)
    assert count_parameters(network) == entry.card.parameters
    shape = (entry.card.cost_shape[0], entry.card.cost_shape[1])
    assert count_multiply_adds(network, shape=shape) == entry.card.multiply_adds


@each_model
@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 3, 33, 79), (2, 3, 96, 64)])
def test_any_size_from_32_runs(entry: ZooEntry, shape: tuple[int, int, int, int]) -> None:
    assert entry.onnx_path is not None
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    logits = load_onnx_engine(entry.onnx_path).run(x)
    batch, _, height, width = shape
    assert logits.shape == (batch, len(entry.card.class_names), -(-height // 4), -(-width // 4))
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


def test_one_thread_gives_what_all_cores_give() -> None:
    path = list_models()[0].onnx_path
    assert path is not None
    x = np.random.default_rng(0).standard_normal((1, 3, 96, 128), dtype=np.float32)
    one = load_onnx_engine(path, threads=1)

    assert one.session.get_session_options().intra_op_num_threads == 1
    np.testing.assert_allclose(one.run(x), load_onnx_engine(path).run(x), atol=1e-4)


@each_model
def test_no_file_carries_a_path_of_the_machine_it_was_made_on(entry: ZooEntry) -> None:
    for path in entry.paths:
        data = path.read_bytes()
        for trace in (b"/work", b"/root", b"/home", b"site-packages"):
            assert trace not in data


@pytest.mark.parametrize("content", [b"", b"no graph", None], ids=["empty", "junk", "missing"])
def test_a_damaged_file_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.onnx"):
        load_onnx_engine(path)
