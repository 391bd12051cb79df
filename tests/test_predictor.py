"""From photo to prediction, with PyTorch's interpolation as the reference and made-up networks."""

import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from segdemo import enlarging
from segdemo import predictor as predictor_module
from segdemo.card import Preprocessing
from segdemo.engines.engine import Engine
from segdemo.errors import UnknownNameError, WeightsError
from segdemo.labels import LabelSet
from segdemo.prediction import Logits
from segdemo.predictor import (
    MINIMUM_SIDE_PX,
    Predictor,
    classify,
    load_predictor,
    prepare,
    weights_path,
)
from segdemo.uncertainty import probabilities
from segdemo.zoo import DIGESTS_FILE, ZooEntry
from tests.cards import make_card, write_model

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
RGB = LabelSet("rgb", "Colours", ("red", "green", "blue"), (RED, GREEN, BLUE))
PLAIN = Preprocessing((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 64)
CENTRED = Preprocessing((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), 64)


def noise(width: int, height: int) -> Image.Image:
    random = np.random.default_rng(0)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))


def pixels_of(image: Image.Image) -> np.ndarray:
    """Pixels as the network wants them: shape (3, H, W), 0 to 1."""
    return np.asarray(image).transpose(2, 0, 1) / 255


# --- prepare ---------------------------------------------------------------------------------


def test_values_are_scaled_centred_and_divided_by_hand() -> None:
    preprocessing = Preprocessing((0.5, 0.25, 0.2), (0.5, 0.25, 0.1), 40)
    image = Image.new("RGB", (40, 32), (255, 0, 51))  # 1, 0 and 0.2

    x, content = prepare(image, preprocessing)

    assert x.shape == (1, 3, 32, 40)
    assert x.dtype == np.float32
    assert x.flags.c_contiguous
    assert content == (32, 40)
    for channel, expected in enumerate([1, -1, 0]):
        np.testing.assert_allclose(x[0, channel], expected, atol=1e-6)


def test_a_photo_of_the_right_size_keeps_every_pixel_in_its_place() -> None:
    image = noise(64, 48)

    x, content = prepare(image, PLAIN)

    assert content == (48, 64)
    np.testing.assert_allclose(x[0], pixels_of(image), atol=1e-6)


@pytest.mark.parametrize(
    ("size", "longest_side_px", "expected"),
    [
        ((200, 100), 64, (64, 32)),
        ((100, 200), 64, (32, 64)),
        ((300, 200), 96, (96, 64)),
        ((301, 200), 128, (128, 85)),
        ((65, 65), 64, (64, 64)),
        ((64, 40), 64, (64, 40)),  # already that size
        ((50, 40), 100, (100, 80)),  # small photos are enlarged
        ((1000, 2), 100, (100, 1)),
    ],
)
def test_the_longer_side_is_as_in_training_and_the_aspect_kept(
    size: tuple[int, int], longest_side_px: int, expected: tuple[int, int]
) -> None:
    preprocessing = Preprocessing((0.5,) * 3, (0.5,) * 3, longest_side_px)

    x, content = prepare(Image.new("RGB", size), preprocessing)

    width, height = expected
    assert content == (height, width)
    assert x.shape == (1, 3, max(height, MINIMUM_SIDE_PX), max(width, MINIMUM_SIDE_PX))


def test_reducing_averages_what_is_between_the_pixels() -> None:
    stripes = np.zeros((128, 128, 3), np.uint8)
    stripes[:, ::2] = 255

    x, _ = prepare(Image.fromarray(stripes), PLAIN)

    np.testing.assert_allclose(x[..., 2:-2], 0.5, atol=0.01)  # taking every second gives 0 or 1


@pytest.mark.parametrize("size", [(10, 20), (10, 50), (50, 10), (31, 32), (1, 1)], ids=str)
def test_a_narrow_photo_is_padded_by_repeating_its_edge(size: tuple[int, int]) -> None:
    width, height = size
    image = noise(width, height)

    x, content = prepare(image, replace(PLAIN, longest_side_px=max(size)))

    assert content == (height, width)
    assert x.shape == (1, 3, max(height, 32), max(width, 32))
    assert x.flags.c_contiguous
    np.testing.assert_allclose(x[0, :, :height, :width], pixels_of(image), atol=1e-6)
    np.testing.assert_array_equal(x[:, :, :height, width:] - x[:, :, :height, width - 1 : width], 0)
    np.testing.assert_array_equal(x[:, :, height:] - x[:, :, height - 1 : height], 0)


@pytest.mark.parametrize("size", [(200, 100), (64, 48), (8, 8)], ids=str)
def test_the_photo_stays_as_it_is(size: tuple[int, int]) -> None:
    image = noise(*size)
    before = image.tobytes()

    x, _ = prepare(image, CENTRED)
    x[:] = 7

    assert image.size == size
    assert image.tobytes() == before


# --- classify --------------------------------------------------------------------------------


def random_logits(*shape: int) -> np.ndarray:
    return 3 * np.random.default_rng(shape).standard_normal(shape, dtype=np.float32)


def reference_probs(logits: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    enlarged = F.interpolate(
        torch.from_numpy(logits)[None], size=shape, mode="bilinear", align_corners=False
    )
    return enlarged.softmax(dim=1)[0].numpy()


def assert_likeliest(label_map: np.ndarray, confidence: np.ndarray, probs: np.ndarray) -> None:
    """Compare with probabilities; of two classes within rounding of each other, either is right."""
    assert label_map.shape == confidence.shape == probs.shape[1:]
    assert label_map.dtype == np.uint8
    assert confidence.dtype == np.float32
    np.testing.assert_allclose(confidence, probs.max(axis=0), atol=1e-4)
    chosen = np.take_along_axis(probs, label_map[None].astype(np.int64), axis=0)[0]
    np.testing.assert_allclose(chosen, probs.max(axis=0), atol=1e-4)


@pytest.mark.parametrize(
    ("logits_shape", "shape"),
    [
        ((3, 8, 12), (32, 48)),
        ((5, 9, 13), (33, 50)),
        ((11, 16, 16), (61, 47)),
        ((21, 8, 8), (101, 203)),
        ((2, 7, 5), (7, 5)),
        ((4, 1, 1), (5, 7)),
        ((3, 10, 4), (201, 9)),
        ((2, 3, 40), (3, 311)),
    ],
    ids=str,
)
def test_classes_and_confidence_are_those_of_torch(
    logits_shape: tuple[int, int, int], shape: tuple[int, int]
) -> None:
    logits = random_logits(*logits_shape)

    label_map, confidence = classify(logits, shape=shape)

    assert_likeliest(label_map, confidence, reference_probs(logits, shape))


@pytest.mark.parametrize("strip_values", [1, 5 * 50 * 2, 5 * 50 * 7, 5 * 50 * 32, 5 * 50 * 33])
def test_strips_give_what_one_piece_gives(
    strip_values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    logits = random_logits(5, 9, 13)
    whole_label_map, whole_confidence = classify(logits, shape=(33, 50))

    monkeypatch.setattr(enlarging, "_STRIP_VALUES", strip_values)
    label_map, confidence = classify(logits, shape=(33, 50))

    np.testing.assert_array_equal(label_map, whole_label_map)
    np.testing.assert_allclose(confidence, whole_confidence, atol=1e-5)
    assert_likeliest(label_map, confidence, reference_probs(logits, (33, 50)))


@pytest.mark.parametrize("strip_values", [1, 1 << 20])
@pytest.mark.parametrize(
    ("content", "enlarged_by"), [((16, 20), 1), ((16, 20), 3), ((32, 5), 2), ((1, 32), 4)], ids=str
)
def test_only_the_used_part_of_the_logits_shows_the_photo(
    content: tuple[int, int],
    enlarged_by: int,
    strip_values: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enlarging, "_STRIP_VALUES", strip_values)
    logits = random_logits(4, 8, 8)  # of a photo padded to 32 x 32
    height, width = (side * enlarged_by for side in content)
    whole = reference_probs(logits, (32 * enlarged_by, 32 * enlarged_by))

    label_map, confidence = classify(
        logits, shape=(height, width), used=(content[0] / 32, content[1] / 32)
    )

    assert_likeliest(label_map, confidence, whole[:, :height, :width])


def test_far_apart_logits_give_full_confidence_without_a_warning() -> None:
    logits = np.full((3, 2, 2), -3e4, np.float32)
    logits[1] = 3e4

    label_map, confidence = classify(logits, shape=(4, 4))

    assert (label_map == 1).all()
    assert (confidence == 1).all()


def test_equal_logits_give_the_first_class_and_an_equal_share() -> None:
    label_map, confidence = classify(np.full((4, 2, 2), 7, np.float32), shape=(5, 3))

    assert (label_map == 0).all()
    np.testing.assert_allclose(confidence, 1 / 4)


def test_the_logits_stay_as_they_are() -> None:
    logits = random_logits(3, 4, 4)
    before = logits.copy()
    logits.flags.writeable = False

    classify(logits, shape=(20, 20))

    np.testing.assert_array_equal(logits, before)


MEASURE_PEAK = """
import re
from pathlib import Path

import numpy as np

from segdemo.predictor import classify

def peak_bytes():
    return 1024 * int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

logits = np.random.default_rng(0).standard_normal((21, 96, 128), dtype=np.float32)
classify(logits, shape=(30, 40))  # what the first call loads is not counted
before = peak_bytes()
label_map, confidence = classify(logits, shape=(3000, 4000))
print(peak_bytes() - before, label_map.nbytes + confidence.nbytes)
"""
"""A program of its own: tracemalloc sees nothing that Pillow holds, and a peak never falls."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's own count")
def test_21_classes_at_12_megapixels_take_little_memory() -> None:
    command = [sys.executable, "-c", MEASURE_PEAK]
    root = Path(__file__).parents[1]

    report = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout

    taken, results = map(int, report.split())
    assert results == 60_000_000
    assert results <= taken < 200e6  # the logits at the photo's size are 1 GB


# --- probabilities ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(33, 50), (9, 90), (201, 13)], ids=str)
def test_probabilities_are_those_of_torch_in_half_precision(shape: tuple[int, int]) -> None:
    logits = random_logits(5, 9, 13)

    probs = probabilities(Logits(logits.copy()), shape=shape)  # a copy: Logits locks it

    assert probs.shape == (5, *shape)
    assert probs.dtype == np.float16
    np.testing.assert_allclose(probs, reference_probs(logits, shape), atol=1e-3)


def test_probabilities_sum_to_one_and_leave_the_logits_as_they_are() -> None:
    logits = random_logits(4, 8, 8)
    before = logits.copy()

    probs = probabilities(Logits(logits), shape=(40, 30))

    np.testing.assert_allclose(probs.astype(np.float64).sum(axis=0), 1, atol=2e-3)
    np.testing.assert_array_equal(logits, before)


# --- predict ---------------------------------------------------------------------------------


@dataclass
class ColourEngine:
    """A network whose class is the strongest colour, and that notes what it saw."""

    seen: list[np.ndarray] = field(default_factory=list)

    def run(self, x: np.ndarray) -> np.ndarray:
        self.seen.append(x)
        return np.ascontiguousarray(8 * x[:, :, ::4, ::4])


def colour_predictor(engine: Engine) -> Predictor:
    return Predictor("colour-rgb", RGB, CENTRED, engine)


def test_a_prediction_has_the_photos_size_and_says_who_made_it() -> None:
    engine = ColourEngine()

    prediction = colour_predictor(engine).predict(noise(131, 77))

    assert prediction.label_map.shape == prediction.confidence.shape == (77, 131)
    assert prediction.model_id == "colour-rgb"
    assert prediction.labels is RGB
    assert prediction.network_shape == (38, 64)
    assert [x.shape for x in engine.seen] == [(1, 3, 38, 64)]
    timing = prediction.timing
    assert min(timing.preprocess_s, timing.network_s, timing.postprocess_s) >= 0
    assert 0 < timing.total_s < 10


@pytest.mark.parametrize("size", [(131, 77), (64, 64), (40, 33), (300, 60), (20, 44)], ids=str)
def test_each_part_of_the_photo_gets_its_own_class(size: tuple[int, int]) -> None:
    width, height = size
    image = Image.new("RGB", size, RED)
    image.paste(GREEN, (width // 2, 0, width, height))
    image.paste(BLUE, (0, height // 2, width // 2, height))

    label_map = colour_predictor(ColourEngine()).predict(image).label_map

    # The four corners, whose place no rounding at the borders between the colours touches.
    corners = [[label_map[0, 0], label_map[0, -1]], [label_map[-1, 0], label_map[-1, -1]]]
    assert corners == [[0, 1], [2, 1]]
    shares = np.bincount(label_map.ravel(), minlength=3) / label_map.size
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.12)


@pytest.mark.parametrize(
    ("size", "network_shape", "seen"),
    [((1, 1), (64, 64), (64, 64)), ((2000, 3), (1, 64), (32, 64)), ((3, 2000), (64, 1), (64, 32))],
    ids=str,
)
@pytest.mark.parametrize(("colour", "label"), [(RED, 0), (BLUE, 2)], ids=["red", "blue"])
def test_tiny_and_thin_photos_are_segmented_too(
    size: tuple[int, int],
    network_shape: tuple[int, int],
    seen: tuple[int, int],
    colour: tuple[int, int, int],
    label: int,
) -> None:
    engine = ColourEngine()

    prediction = colour_predictor(engine).predict(Image.new("RGB", size, colour))

    assert prediction.label_map.shape == size[::-1]
    assert (prediction.label_map == label).all()
    assert (prediction.confidence > 0.99).all()
    assert prediction.network_shape == network_shape
    assert engine.seen[0].shape[2:] == seen


def test_predicting_leaves_the_photo_as_it_is_and_gives_the_same_twice() -> None:
    image = noise(90, 40)
    before = image.tobytes()
    predictor = colour_predictor(ColourEngine())

    first, second = predictor.predict(image), predictor.predict(image)

    assert image.tobytes() == before
    np.testing.assert_array_equal(first.label_map, second.label_map)
    np.testing.assert_array_equal(first.confidence, second.confidence)


@pytest.mark.parametrize("size", [(90, 70), (5, 3), (200, 9)], ids=str)
def test_the_likeliest_class_of_the_probabilities_is_the_predicted_one(
    size: tuple[int, int],
) -> None:
    predictor = colour_predictor(ColourEngine())
    prediction = predictor.predict(noise(*size))

    probs = probabilities(prediction.require_logits(), shape=(size[1], size[0]))

    assert probs.shape == (3, size[1], size[0])
    chosen = np.take_along_axis(probs, prediction.label_map[None].astype(np.int64), axis=0)[0]
    np.testing.assert_array_equal(chosen, probs.max(axis=0))
    np.testing.assert_allclose(chosen, prediction.confidence, atol=1e-3)


# --- loading ---------------------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[ZooEntry]:
    """The models that were really loaded, in order, each with an engine of its own."""
    entries: list[ZooEntry] = []

    def load_engine(entry: ZooEntry, device: str, threads: int | None) -> Engine:
        entries.append(entry)
        return ColourEngine()

    monkeypatch.setattr(predictor_module, "_load_engine", load_engine)
    return entries


def touch_later(path: Path) -> None:
    """Give a file the time of one second later, as a new file of that name would have."""
    modified_ns = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(modified_ns, modified_ns))


def test_a_loaded_model_is_as_its_card_says(tmp_path: Path, loaded: list[ZooEntry]) -> None:
    card = make_card("pspnet", "people_animals")
    write_model(tmp_path, card)

    predictor = load_predictor("pspnet-people_animals", weights_dir=tmp_path)

    assert predictor.model_id == "pspnet-people_animals"
    assert predictor.labels is card.labels
    assert predictor.preprocessing == card.preprocessing
    assert [entry.card for entry in loaded] == [card]


def test_a_model_is_loaded_once(tmp_path: Path, loaded: list[ZooEntry]) -> None:
    write_model(tmp_path, make_card("fcn"))
    write_model(tmp_path, make_card("unet"))

    first = load_predictor("unet-street", weights_dir=tmp_path)
    other = load_predictor("fcn-street", weights_dir=tmp_path)

    assert load_predictor("unet-street", weights_dir=tmp_path) is first
    assert load_predictor("fcn-street", weights_dir=tmp_path) is other
    assert first is not other
    assert len(loaded) == 2


def test_the_same_name_in_two_folders_is_two_models(tmp_path: Path, loaded: list[ZooEntry]) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for longest_side_px, folder in zip((256, 512), folders, strict=True):
        folder.mkdir()
        settings = Preprocessing((0.5,) * 3, (0.5,) * 3, longest_side_px)
        write_model(folder, make_card(preprocessing=settings))

    sizes = [
        load_predictor("unet-street", weights_dir=folder).preprocessing.longest_side_px
        for folder in folders
    ]

    assert sizes == [256, 512]
    assert len(loaded) == 2


def test_a_new_file_is_noticed_with_its_card(tmp_path: Path, loaded: list[ZooEntry]) -> None:
    write_model(tmp_path, make_card())
    old = load_predictor("unet-street", weights_dir=tmp_path)

    settings = Preprocessing((0.1,) * 3, (0.9,) * 3, 320)
    touch_later(write_model(tmp_path, make_card(preprocessing=settings)))
    new = load_predictor("unet-street", weights_dir=tmp_path)

    assert new is not old
    assert new.preprocessing == settings
    assert load_predictor("unet-street", weights_dir=tmp_path) is new
    assert len(loaded) == 2


@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
def test_a_change_of_either_file_is_noticed(
    suffix: str, tmp_path: Path, loaded: list[ZooEntry]
) -> None:
    path = write_model(tmp_path, make_card(), onnx=b"graph")
    old = load_predictor("unet-street", weights_dir=tmp_path)

    touch_later(path.with_suffix(suffix))

    assert load_predictor("unet-street", weights_dir=tmp_path) is not old
    assert len(loaded) == 2


def test_a_graph_that_was_added_is_noticed(tmp_path: Path, loaded: list[ZooEntry]) -> None:
    path = write_model(tmp_path, make_card())
    load_predictor("unet-street", weights_dir=tmp_path)

    path.with_suffix(".onnx").write_bytes(b"graph")
    touch_later(path.with_suffix(".onnx"))
    load_predictor("unet-street", weights_dir=tmp_path)

    assert [entry.onnx_path is None for entry in loaded] == [True, False]


def test_the_model_used_longest_ago_leaves_when_there_are_too_many(
    tmp_path: Path, loaded: list[ZooEntry]
) -> None:
    names = ["a", "b", "c", "d", "e", "f", "g"]
    for name in names:
        write_model(tmp_path, make_card(name))
    for name in names[:-1]:
        load_predictor(f"{name}-street", weights_dir=tmp_path)
    load_predictor("a-street", weights_dir=tmp_path)  # now b is the one used longest ago
    load_predictor("g-street", weights_dir=tmp_path)
    loaded.clear()

    for name in ("a", "g", "c", "b"):
        load_predictor(f"{name}-street", weights_dir=tmp_path)

    assert [entry.card.architecture for entry in loaded] == ["b"]


def test_an_unknown_model_is_named_with_the_known_ones(
    tmp_path: Path, loaded: list[ZooEntry]
) -> None:
    write_model(tmp_path, make_card())

    with pytest.raises(UnknownNameError, match=r"no model 'unet-moon'\. Models here: unet-street"):
        load_predictor("unet-moon", weights_dir=tmp_path)
    assert not loaded


@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
def test_a_file_that_is_not_the_published_one_is_refused(suffix: str, tmp_path: Path) -> None:
    path = write_model(tmp_path, make_card(), onnx=b"graph" if suffix == ".onnx" else None)
    served = path.with_suffix(suffix)
    row = f"| `{served.name}` | 5 | `{'0' * 64}` |\n"
    (tmp_path / DIGESTS_FILE).write_text(row, encoding="utf-8")

    with pytest.raises(WeightsError, match=rf"'unet-street\{suffix}' is not the one"):
        load_predictor("unet-street", weights_dir=tmp_path)


def test_a_damaged_graph_is_refused_every_time(tmp_path: Path) -> None:
    write_model(tmp_path, make_card(), onnx=b"no graph")

    for _ in range(2):
        with pytest.raises(WeightsError, match=r"'unet-street\.onnx' is missing or damaged"):
            load_predictor("unet-street", weights_dir=tmp_path)


def test_weights_of_another_architecture_are_refused(tmp_path: Path) -> None:
    write_model(tmp_path, make_card("fcn"))

    with pytest.raises(WeightsError, match=r"do not fit the architecture 'fcn'"):
        load_predictor("fcn-street", weights_dir=tmp_path)


def test_the_graph_runs_on_the_cpu_and_the_weights_elsewhere(tmp_path: Path) -> None:
    weights, graph = tmp_path / "a.safetensors", tmp_path / "a.onnx"

    assert weights_path(ZooEntry(make_card(), weights, graph)) == graph
    assert weights_path(ZooEntry(make_card(), weights, graph), device="cuda") == weights
    assert weights_path(ZooEntry(make_card(), weights, None)) == weights
