"""From torchvision's file to a model that predicts what torchvision's network predicts."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from segdemo.cli import main
from segdemo.downloads import DOWNLOADS, Download, catalogue, find_download, install, installing
from segdemo.errors import WeightsError
from segdemo.predictor import predictor_of, prepare
from segdemo.zoo import DOWNLOADED_FOLDER, find_model, list_models
from tests.publisher import Publisher, contents_of, published, random_network

MODEL_ID = "torchvision_lraspp-voc"  # the smallest


def ignore(share: float) -> None:
    pass


def photo() -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("download", DOWNLOADS, ids=lambda download: download.model_id)
def test_every_download_fits_its_network(
    download: Download, publisher: Publisher, tmp_path: Path
) -> None:
    fields = {} if "lraspp" in download.builder else {"aux_loss": True}
    contents = contents_of(random_network(download.builder, **fields).state_dict())

    entry = install(
        published(publisher, download.model_id, contents), progress=ignore, weights_dir=tmp_path
    )

    assert entry == find_model(download.model_id, tmp_path)
    assert entry.card == download.card
    assert entry.status == "downloaded"
    assert [path.name for path in (tmp_path / DOWNLOADED_FOLDER).iterdir()] == [
        f"{download.model_id}.safetensors"
    ]


def test_the_installed_model_answers_as_torchvisions_network(
    publisher: Publisher, tmp_path: Path
) -> None:
    network = random_network("lraspp_mobilenet_v3_large")
    x, _ = prepare(photo(), find_download(MODEL_ID).card.preprocessing)
    with torch.inference_mode():
        # Each class wins somewhere once none is favoured on the whole.
        favour = network(torch.from_numpy(x))["out"].mean(dim=(0, 2, 3))
        network.classifier.high_classifier.bias -= favour
        logits = network(torch.from_numpy(x))["out"]
    download = published(publisher, MODEL_ID, contents_of(network.state_dict()))
    entry = install(download, progress=ignore, weights_dir=tmp_path)

    prediction = predictor_of(entry).predict(photo())

    wanted = F.interpolate(logits, size=(480, 640), mode="bilinear").argmax(dim=1)[0].numpy()
    assert len(np.unique(wanted)) > 5
    # Its weights are rounded to half precision, and its logits pass through 1/4 of the size.
    assert np.mean(prediction.label_map == wanted) > 0.97


def test_a_pickle_that_does_more_than_hold_tensors_is_not_run(
    publisher: Publisher, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (trap,)

    download = published(publisher, MODEL_ID, pickle.dumps(Trap(), protocol=2))

    with pytest.raises(WeightsError, match="do not fit this version"):
        install(download, progress=ignore, weights_dir=tmp_path / "weights")

    assert not trap.exists()
    assert list((tmp_path / "weights" / DOWNLOADED_FOLDER).iterdir()) == []


@pytest.mark.parametrize(
    "state",
    [{}, {"backbone.weight": torch.zeros(3)}, [1, 2], "text"],
    ids=["empty", "foreign", "list", "text"],
)
def test_weights_of_another_network_are_refused(
    state: object, publisher: Publisher, tmp_path: Path
) -> None:
    download = published(publisher, MODEL_ID, contents_of(state))

    with pytest.raises(WeightsError, match="do not fit this version"):
        install(download, progress=ignore, weights_dir=tmp_path)

    assert list_models(tmp_path) == ()


def test_the_command_fetches_a_model(
    publisher: Publisher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    contents = contents_of(random_network("lraspp_mobilenet_v3_large").state_dict())
    download = published(publisher, MODEL_ID, contents)
    monkeypatch.setattr(catalogue, "DOWNLOADS", (download,))
    monkeypatch.setattr(installing.install, "__kwdefaults__", {"weights_dir": tmp_path})

    assert main(["download", MODEL_ID]) == 0

    assert capsys.readouterr().out.startswith(f"{MODEL_ID}: {tmp_path}")
    assert find_model(MODEL_ID, tmp_path).card == download.card


def test_the_command_refuses_an_unknown_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["download", "unet-moon"]) == 2
    assert "torchvision_fcn-voc" in capsys.readouterr().err
