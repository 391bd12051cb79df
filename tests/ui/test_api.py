"""The endpoints as other programs meet them: what they say of themselves, and that they agree."""

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from segdemo.cli import main
from segdemo.evaluation import Pair, evaluate
from segdemo.images import load_photo
from segdemo.predictor import predictor_of
from segdemo.reporting import areas, evaluate_pair, shown_number
from segdemo.ui.pages.segment_inputs import first_model
from segdemo.zoo import ZooEntry, list_models
from tests.ui.visit import ROOT, Visit

EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
PHOTO, MASK = EXAMPLES / "astronaut.jpg", EXAMPLES / "astronaut_mask.png"

MEASURED_TIMES = {"seconds", "images_per_second"}
"""What is another number each time."""


@pytest.fixture(scope="module")
def client(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(app_url, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


@pytest.fixture(scope="module")
def entry() -> ZooEntry:
    """The model that the page begins with, of the label set that the examples are of."""
    return first_model(list_models())


def without_times(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key not in MEASURED_TIMES}


def test_the_public_endpoints_are_the_ones_named_on_purpose(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert {"/segment", "/evaluate_pair"} <= named.keys()
    parameters = {
        name: [(one["parameter_name"], one["python_type"]["type"]) for one in found["parameters"]]
        for name, found in named.items()
    }
    (photo, model) = parameters["/segment"]
    assert photo == ("photo", "filepath")
    assert model[0] == "model"
    for entry in list_models():
        assert f"'{entry.model_id}'" in model[1]
    assert [name for name, _ in parameters["/evaluate_pair"]] == [
        "photo",
        "mask",
        "model",
        "reading",
    ]


def test_what_endpoints_do_is_described(app_url: str) -> None:
    paths = httpx.get(f"{app_url}/gradio_api/openapi.json").json()["paths"]
    said = json.dumps({path: found for path, found in paths.items() if "segment" in path})
    assert "Label every pixel of a photo" in said


def test_page_command_line_endpoint_and_python_give_the_same_mask(
    client: Client, entry: ZooEntry, visit: Visit, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    prediction = predictor_of(entry).predict(load_photo(PHOTO))

    facts, mask = client.predict(handle_file(PHOTO), entry.model_id, api_name="/segment")
    main(["segment", str(PHOTO), "--model", entry.model_id, "--out", str(tmp_path), "--json"])
    printed = json.loads(capsys.readouterr().out)
    visit.choose_example("An astronaut")
    with visit.page.expect_download() as download:
        visit.page.locator("#viewer .download").click()
    download.value.save_as(tmp_path / "page.png")

    assert Path(mask).name == download.value.suggested_filename == f"{entry.model_id}-mask.png"
    assert Path(mask).read_bytes() == (tmp_path / "page.png").read_bytes()
    assert Path(mask).read_bytes() == Path(printed["mask"]).read_bytes()
    with Image.open(mask) as ids:
        assert ids.mode == "P"
        assert np.array_equal(np.asarray(ids), prediction.label_map)
    assert facts["areas"] == printed["areas"] == areas(prediction)
    assert sum(area["pixels"] for area in facts["areas"]) == prediction.label_map.size
    assert without_times(facts).items() <= without_times(printed).items()
    assert facts["seconds"]["total"] == pytest.approx(
        sum(facts["seconds"][step] for step in ("preprocess", "network", "postprocess"))
    )


def test_page_command_line_endpoint_and_python_give_the_same_scores(
    client: Client, entry: ZooEntry, visit: Visit, capsys: pytest.CaptureFixture
) -> None:
    scores = evaluate(predictor_of(entry), [Pair("astronaut", PHOTO, MASK)], details=True).scores

    answer = client.predict(
        handle_file(PHOTO), handle_file(MASK), entry.model_id, api_name="/evaluate_pair"
    )
    pair = ["--image", str(PHOTO), "--mask", str(MASK)]
    main(["evaluate", *pair, "--model", entry.model_id, "--json"])
    printed = json.loads(capsys.readouterr().out)
    visit.choose_example("An astronaut")

    assert answer.keys() == printed.keys()
    assert without_times(answer) == without_times(printed)
    assert answer["iou_per_class"] == scores.to_json()["iou_per_class"]
    shown = visit.page.locator("#score-summary dd").first
    assert shown.inner_text() == shown_number(answer["mean_iou"]) == f"{scores.mean_iou:.4f}"


def test_a_mask_can_be_read_another_way(client: Client, entry: ZooEntry, tmp_path: Path) -> None:
    binary = tmp_path / "binary.png"
    with Image.open(EXAMPLES / "chelsea_mask.png") as mask:
        Image.fromarray(np.uint8(255) * (np.asarray(mask) > 0)).save(binary)
    photo = EXAMPLES / "chelsea.jpg"

    answer = client.predict(
        handle_file(photo),
        handle_file(binary),
        entry.model_id,
        "binary-255-cat",
        api_name="/evaluate_pair",
    )

    expected = evaluate_pair(entry, Pair("chelsea", photo, binary), reading="binary-255-cat")
    assert answer["mean_iou"] == expected["mean_iou"]


@pytest.mark.parametrize(
    ("photo", "mask", "model", "sentence"),
    [
        (None, None, None, "There is no photo in this request. Give one as 'photo'."),
        (PHOTO, None, "nothing", "There is no model 'nothing'. Choose one of: "),
        (MASK.parent / "__init__.py", None, None, "not a photo segdemo can read"),
        (PHOTO, EXAMPLES / "chelsea_mask.png", None, "The mask is 451 x 300 pixels"),
        (PHOTO, PHOTO, None, "not a mask"),
    ],
    ids=["no photo", "no such model", "no picture", "mask of another size", "no mask"],
)
def test_a_mistake_comes_back_as_a_plain_sentence(
    photo: Path | None,
    mask: Path | None,
    model: str | None,
    sentence: str,
    client: Client,
    entry: ZooEntry,
) -> None:
    files = [path and handle_file(path) for path in (photo, mask)]
    endpoint = "/evaluate_pair" if mask else "/segment"
    with pytest.raises(AppError) as caught:
        client.predict(*(files if mask else files[:1]), model or entry.model_id, api_name=endpoint)
    assert sentence in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
