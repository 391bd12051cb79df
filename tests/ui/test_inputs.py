"""What the inputs refuse, asked by raw HTTP as no browser would."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.utils import get_upload_folder
from PIL import Image

from segdemo.ui.inputs import MaskFile, Photo, uploaded_path
from segdemo.zoo import list_models

MARKER = {"meta": {"_type": "gradio.FileData"}}


def png(size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 60, 30)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def client(app_url: str) -> Callable[..., str]:
    """Calls 'segment', or with a mask 'evaluate_pair', and gives the text of the answer."""

    def call(photo: Any, mask: Any = None, model: str = list_models()[0].model_id) -> str:
        endpoint, data = ("segment", [photo, model])
        if mask is not None:
            endpoint, data = ("evaluate_pair", [photo, mask, model, ""])
        with httpx.Client(base_url=app_url, timeout=60) as http:
            queued = http.post(f"/gradio_api/call/{endpoint}", json={"data": data})
            if queued.is_error:
                return f"refused {queued.text}"
            return http.get(f"/gradio_api/call/{endpoint}/{queued.json()['event_id']}").text

    return call


def upload(app_url: str, data: bytes, name: str = "photo.png") -> str:
    answer = httpx.post(f"{app_url}/gradio_api/upload", files={"files": (name, data)})
    return str(answer.json()[0])


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A readable picture of the server that nobody uploaded."""
    path = tmp_path / "private.png"
    path.write_bytes(png())
    return path


def test_an_uploaded_photo_is_accepted(client: Callable[..., str], app_url: str) -> None:
    answer = client({"path": upload(app_url, png()), **MARKER})
    assert answer.startswith("event: complete")
    facts = json.loads(answer.partition("data: ")[2])[0]
    assert (facts["width"], facts["height"]) == (64, 48)


def test_a_photo_path_outside_the_upload_folder_is_refused(
    client: Callable[..., str], outside: Path
) -> None:
    for payload in ({"path": str(outside)}, {"path": str(outside), **MARKER}):
        answer = client(payload)
        assert "event: complete" not in answer
        assert "event: error" in answer or answer.startswith("refused")


def test_a_mask_path_outside_the_upload_folder_is_refused(
    client: Callable[..., str], app_url: str, outside: Path
) -> None:
    photo = {"path": upload(app_url, png()), **MARKER}
    for payload in ({"path": str(outside)}, {"path": str(outside), **MARKER}):
        assert "event: complete" not in client(photo, payload)


@pytest.mark.parametrize(
    "photo",
    [
        {"path": "../../../../etc/passwd"},
        {"path": "/etc/passwd", **MARKER},
        {"path": "a\0b.png", **MARKER},
        {"url": "data:image/png;base64,aGFsbG8=", "path": None},
        {"url": "http://127.0.0.1:9/x.png", "path": None},
        {},
    ],
    ids=["climbing", "absolute", "NUL", "data address", "other server", "empty"],
)
def test_other_ways_to_name_a_file_are_refused(
    client: Callable[..., str], photo: dict[str, Any]
) -> None:
    assert "event: complete" not in client(photo)
    assert "event: complete" not in client(photo, photo)


@pytest.mark.parametrize("position", ["photo", "mask"])
def test_a_web_address_is_not_fetched(
    position: str,
    client: Callable[..., str],
    app_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetched: list[str] = []

    async def fetch(url: str, *_: Any, **__: Any) -> str:
        fetched.append(url)
        return upload(app_url, png())

    monkeypatch.setattr("gradio.processing_utils.async_ssrf_protected_download", fetch)
    address = {"path": "http://example.org/photo.png", **MARKER}
    photo = {"path": upload(app_url, png()), **MARKER}
    answer = client(address) if position == "photo" else client(photo, address)
    assert "event: complete" not in answer
    assert fetched == []


def test_a_file_that_was_deleted_since_says_so(client: Callable[..., str], app_url: str) -> None:
    path = upload(app_url, png((31, 33)))
    Path(path).unlink()
    assert "Upload it again" in client({"path": path, **MARKER})


def test_a_file_that_is_no_photo_is_refused_in_plain_words(
    client: Callable[..., str], app_url: str
) -> None:
    answer = client({"path": upload(app_url, b"no photo at all", "photo.png"), **MARKER})
    assert "event: error" in answer
    assert "not a photo segdemo can read" in answer


def test_an_unknown_model_is_refused(client: Callable[..., str], app_url: str) -> None:
    photo = {"path": upload(app_url, png()), **MARKER}
    answer = client(photo, model="resnet")
    assert "event: error" in answer
    assert "There is no model 'resnet'" in answer


def test_every_model_answers_by_its_id(client: Callable[..., str], app_url: str) -> None:
    photo = {"path": upload(app_url, png()), **MARKER}
    for entry in list_models():
        facts = json.loads(client(photo, model=entry.model_id).partition("data: ")[2])[0]
        assert facts["model"] == entry.model_id


def test_the_address_of_an_upload_stands_for_the_upload(
    client: Callable[..., str], app_url: str, outside: Path
) -> None:
    """So MCP clients name files; an address of the same form leads nowhere else."""
    uploaded = upload(app_url, png((40, 32)))
    for path in (uploaded, f"{uploaded}?download=1"):
        address = {"path": f"{app_url}/gradio_api/file={path}", **MARKER}
        assert ("event: complete" in client(address)) == (path == uploaded)
    for path in (str(outside), "/etc/passwd", f"{uploaded}/../../../../etc/passwd", ""):
        address = {"path": f"{app_url}/gradio_api/file={path}", **MARKER}
        assert "event: complete" not in client(address)


def test_a_link_in_the_upload_folder_does_not_lead_out_of_it(
    outside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    assert Path(get_upload_folder()).resolve() == folder.resolve()
    (folder / "link.png").symlink_to(outside)
    (folder / "photo.png").write_bytes(png())
    assert uploaded_path(str(folder / "photo.png")) == (folder / "photo.png").resolve()
    for path in (str(folder / "link.png"), str(outside), "", None):
        with pytest.raises(gr.Error, match="not uploaded here"):
            uploaded_path(path)


def test_no_file_is_no_input() -> None:
    assert Photo().preprocess(None) is None
    assert MaskFile().preprocess(None) is None
