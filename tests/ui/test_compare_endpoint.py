"""The comparison as programs get it, from a running server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from segdemo.comparison import compare
from segdemo.masks import read_mask
from segdemo.ui.examples import find_example
from tests.comparable import comparable_models, made_up_mask, photo_with_many_classes

ENTRIES = comparable_models()
IDS = [entry.model_id for entry in ENTRIES]


@pytest.fixture(scope="module")
def client(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = Client(
        app_url,
        verbose=False,
        download_files=tmp_path_factory.mktemp("answers"),
        analytics_enabled=False,
    )
    yield client
    client.close()


def photo_file() -> Any:
    example = find_example("astronaut")
    assert example is not None
    return handle_file(example.photo)


def without_times(fields: dict[str, Any]) -> dict[str, Any]:
    models = [{**model, "seconds": sorted(model["seconds"])} for model in fields["models"]]
    return {**fields, "models": models}


def test_the_endpoint_gives_the_numbers_of_the_library(client: Client, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    mask.write_bytes(made_up_mask())
    answer = client.predict(
        photo=photo_file(), models=IDS, mask=handle_file(mask), api_name="/compare"
    )
    truth = read_mask(made_up_mask(), ENTRIES[0].card.labels)
    expected = compare(photo_with_many_classes(), ENTRIES, truth=truth).to_json()
    assert without_times(answer) == without_times({**expected, "warning": None})


def test_without_a_mask_there_are_no_scores(client: Client) -> None:
    answer = client.predict(photo=photo_file(), models=IDS[:2], api_name="/compare")
    assert [model["model"] for model in answer["models"]] == IDS[:2]
    assert [model["scores"] for model in answer["models"]] == [None, None]
    assert 0 < answer["disagreement"]["share"] < 1


def test_a_mask_that_does_not_fit_is_said_in_the_answer(client: Client, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    Image.new("L", (3, 4)).save(mask)
    answer = client.predict(
        photo=photo_file(), models=IDS[:2], mask=handle_file(mask), api_name="/compare"
    )
    assert answer["warning"].startswith("No score: ")


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (IDS[:1], "Choose at least 2 models"),
        ([IDS[0], "nothing"], "There is no model 'nothing'"),
    ],
)
def test_models_that_cannot_be_compared_are_refused(
    client: Client, models: list[str], message: str
) -> None:
    with pytest.raises(AppError, match=message):
        client.predict(photo=photo_file(), models=models, api_name="/compare")


def test_a_path_that_nobody_uploaded_is_refused(client: Client, tmp_path: Path) -> None:
    private = tmp_path / "private.png"
    Image.new("RGB", (64, 48)).save(private)
    for photo in ({"path": str(private)}, {"path": str(private), "meta": {"_type": "x"}}):
        with pytest.raises(AppError):
            client.predict(photo=photo, models=IDS[:2], api_name="/compare")


def test_the_endpoint_is_described_for_people_and_tools(client: Client) -> None:
    endpoint = client.view_api(return_format="dict")["named_endpoints"]["/compare"]
    assert [each["parameter_name"] for each in endpoint["parameters"]] == [
        "photo",
        "models",
        "mask",
        "reading",
    ]
    assert [each["parameter_has_default"] for each in endpoint["parameters"]][2:] == [True, True]
    assert "two to five models" in endpoint["description"]
