"""Data and steps of the tests of the page that evaluates."""

import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from segdemo.images import load_photo
from segdemo.predictor import load_predictor
from segdemo.ui.evaluating.finished import short_names
from segdemo.ui.examples import EXAMPLES
from segdemo.views.overlays import indexed
from segdemo.zoo import ZooEntry, list_models
from tests.ui.visit import Visit


def largest_label_set() -> list[ZooEntry]:
    """The models of the label set that most models are of."""
    entries = list_models()
    ((label_set, _),) = Counter(entry.card.label_set for entry in entries).most_common(1)
    return [entry for entry in entries if entry.card.label_set == label_set]


def write_data(folder: Path, entry: ZooEntry) -> Path:
    """Three pairs that no model gets right, a broken one, and a photo and a mask that are alone.

    The ground truth is what a model predicted, moved aside: of its label set, and near to what
    models see.
    """
    predictor = load_predictor(entry.model_id)
    for kind in ("images", "masks"):
        (folder / kind).mkdir(parents=True)
    for example in EXAMPLES:
        label_map = predictor.predict(load_photo(example.photo)).label_map
        moved = np.ascontiguousarray(np.roll(label_map, 12, axis=1))
        indexed(moved, predictor.labels).save(folder / "masks" / f"{example.name}.png")
        (folder / "images" / example.photo.name).write_bytes(example.photo.read_bytes())
    (folder / "images" / "broken.jpg").write_bytes(b"junk")
    (folder / "masks" / "broken.png").write_bytes(
        (folder / "masks" / f"{EXAMPLES[0].name}.png").read_bytes()
    )
    (folder / "images" / "alone.jpg").write_bytes(EXAMPLES[0].photo.read_bytes())
    (folder / "masks" / "lost.png").write_bytes(b"")
    return folder


def pack(folder: Path, archive: Path) -> Path:
    """A zip of all files of a folder."""
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*.*")):
            file.write(path, path.relative_to(folder).as_posix())
    return archive


def upload(visit: Visit, field: str, paths: Path | Sequence[Path]) -> None:
    """Give files to an input, and wait until it lists them."""
    files = [paths] if isinstance(paths, Path) else list(paths)
    if not visit.page.locator(field).is_visible():
        visit.page.locator("#loose-files > button").click()
    visit.page.locator(f"{field} input[type=file]").set_input_files(files)
    expect(visit.page.locator(f"{field} .file")).to_have_count(len(files))


def choose_label_set(visit: Visit, entries: Sequence[ZooEntry]) -> None:
    """Choose the label set of some models, and wait for all of them to be offered."""
    title = entries[0].card.labels.title
    visit.page.locator("#label-set").get_by_label(title, exact=True).check()
    offered = visit.page.locator("#models input[type=checkbox]")
    expect(offered).to_have_count(len(entries))
    assert all(box.is_checked() for box in offered.all())


def choose_model(visit: Visit, entries: Sequence[ZooEntry], entry: ZooEntry) -> None:
    """Choose the label set of some models, and of these only one."""
    choose_label_set(visit, entries)
    names = short_names({one.model_id: one for one in entries})
    for one in entries:
        box = visit.page.locator("#models").get_by_label(names[one.model_id], exact=True)
        box.set_checked(one is entry)


def run(visit: Visit, button: str = "#run") -> None:
    """Evaluate, and wait until everything about it is there."""
    before = serial(visit)
    visit.page.locator(button).click()
    wait_for_results(visit, before)


def serial(visit: Visit) -> str:
    """What tells one table of images from the next."""
    table = visit.page.locator("#images [data-serial]")
    return table.get_attribute("data-serial") or "" if table.count() else ""


def wait_for_results(visit: Visit, before: str = "") -> None:
    visit.page.wait_for_function(
        "before => { const table = document.querySelector('#images [data-serial]');"
        " return table && table.dataset.serial && table.dataset.serial !== before; }",
        arg=before,
    )


def cells(visit: Visit, table: str) -> list[list[str]]:
    """Texts of the rows of a table, as they stand."""
    rows = visit.page.locator(f"{table} tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def toast(visit: Visit) -> str:
    body = visit.page.get_by_test_id("toast-body").first
    body.wait_for()
    return body.inner_text()
