"""What the inputs for whole files let through."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.data_classes import FileData, ListFiles

from segdemo.errors import DataError
from segdemo.ui.evaluating.uploads import ManyFiles, ZipFile
from segdemo.ui.inputs import MOST_PHOTO_MB, MOST_UPLOADED_MB, uploaded_path
from segdemo.ui.pages.evaluate_inputs import chosen_entries, open_data
from segdemo.ui.pages.photo_inputs import model_choices
from segdemo.zoo import list_models


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def one(path: Path) -> FileData:
    return FileData(path=str(path))


def many(path: Path) -> ListFiles:
    return ListFiles(root=[one(path)])


@pytest.mark.parametrize(
    ("component", "payload", "got"),
    [
        (ZipFile(render=False), one, lambda path: path),
        (ZipFile(render=False), many, lambda path: path),
        (ManyFiles(render=False), one, lambda path: [path]),
        (ManyFiles(render=False), many, lambda path: [path]),
    ],
)
def test_only_uploaded_files_are_let_through(
    uploads: Path,
    tmp_path: Path,
    component: Any,
    payload: Callable[[Path], Any],
    got: Callable[[Path], Any],
) -> None:
    inside, outside = uploads / "a.zip", tmp_path / "private.zip"
    for path in (inside, outside):
        path.write_bytes(b"x")
    assert component.preprocess(payload(inside)) == got(inside.resolve())
    with pytest.raises(gr.Error, match="not uploaded here"):
        component.preprocess(payload(outside))


def test_nothing_uploaded_is_nothing() -> None:
    assert ZipFile(render=False).preprocess(None) is None
    assert ZipFile(render=False).preprocess(ListFiles(root=[])) is None
    assert ManyFiles(render=False).preprocess(None) == []


def test_a_zip_may_be_larger_than_a_photo(uploads: Path) -> None:
    path = uploads / "a.zip"
    with path.open("wb") as file:
        file.truncate(MOST_PHOTO_MB * 1_000_000 + 1)  # a hole: takes no room
    assert ZipFile(render=False).preprocess(one(path)) == path.resolve()
    with pytest.raises(gr.Error, match=f"more than {MOST_PHOTO_MB} MB"):
        uploaded_path(str(path))
    with path.open("r+b") as file:
        file.truncate(MOST_UPLOADED_MB * 1_000_000 + 1)
    with pytest.raises(gr.Error, match=f"more than {MOST_UPLOADED_MB} MB"):
        ZipFile(render=False).preprocess(one(path))


def test_what_counts_is_clear() -> None:
    somewhere = Path("a")
    for arguments, said in (
        ((None, [], []), "Choose what to evaluate first"),
        ((None, [somewhere], []), "Add the masks"),
        ((None, [], [somewhere]), "Add the photos"),
        ((somewhere, [somewhere], []), "Remove one of the two"),
    ):
        with pytest.raises(DataError, match=said):
            open_data(*arguments)


def test_models_of_one_label_set_are_chosen_by_id() -> None:
    entries = list_models()
    for label_set in {entry.card.label_set for entry in entries}:
        ids = [key for _, key in model_choices(entries, label_set)]
        assert list(chosen_entries(entries, label_set, ids[:1])) == ids[:1]
        names = [name for name, _ in model_choices(entries, label_set)]
        assert len(set(names)) == len(names)
    other = [entry.model_id for entry in entries if entry.card.label_set != label_set]
    with pytest.raises(DataError, match="at least one model"):
        chosen_entries(entries, label_set, other)
