"""Folders of tiny weights files: what is listed, what is left out, what is refused."""

import hashlib
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from segdemo.card import CARD_KEY, card_to_text
from segdemo.errors import UnknownNameError, WeightsError
from segdemo.zoo import (
    BUNDLED_DIR,
    DIGESTS_FILE,
    DOWNLOADED_FOLDER,
    ZooEntry,
    check_digest,
    condition_of,
    find_model,
    list_models,
    read_card,
    sha256,
)
from tests.cards import make_card, make_score, write_header, write_model

STRANGER = replace(make_card(), model_id="stranger-moon", label_set="moon")


def write_digests(folder: Path, *rows: str) -> None:
    table = "\n".join(["| file | bytes | SHA-256 |", "| --- | ---: | --- |", *rows])
    (folder / DIGESTS_FILE).write_text(f"# Weights\n\n{table}\n", encoding="utf-8")


# --- listing ---------------------------------------------------------------------------------


def test_a_model_is_listed_with_its_card_and_its_files(tmp_path: Path) -> None:
    card = make_card()
    path = write_model(tmp_path, card, onnx=b"graph")

    (entry,) = list_models(tmp_path)

    assert entry == ZooEntry(card, path, tmp_path / "unet-street.onnx")
    assert entry.model_id == "unet-street"
    assert entry.paths == (path, tmp_path / "unet-street.onnx")


def test_a_model_without_a_graph_has_one_file(tmp_path: Path) -> None:
    path = write_model(tmp_path, make_card())

    (entry,) = list_models(tmp_path)

    assert entry.onnx_path is None
    assert entry.paths == (path,)


def test_models_of_a_label_set_stand_together(tmp_path: Path) -> None:
    for label_set in ("voc", "people_animals", "street"):
        write_model(tmp_path, make_card("fcn", label_set))
        write_model(tmp_path, make_card("unet", label_set))

    found = [entry.card.label_set for entry in list_models(tmp_path)]

    assert found == ["people_animals"] * 2 + ["street"] * 2 + ["voc"] * 2


def test_within_a_label_set_the_best_model_comes_first(tmp_path: Path) -> None:
    for architecture, mean_iou in (("fcn", 0.55), ("pspnet", 0.7), ("segnet", 0.4), ("unet", 0.6)):
        score = make_score(mean_iou=mean_iou)
        write_model(tmp_path, make_card(architecture, scores=(score,)))

    found = [entry.card.architecture for entry in list_models(tmp_path)]

    assert found == ["pspnet", "unet", "fcn", "segnet"]


@pytest.mark.parametrize("name", ["notes.txt", "unet-street.onnx", "unet-street.pt"])
def test_files_that_are_no_safetensors_are_not_looked_at(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"junk")

    assert list_models(tmp_path) == ()


def test_an_empty_folder_and_a_missing_one_hold_no_models(tmp_path: Path) -> None:
    assert list_models(tmp_path) == ()
    assert list_models(tmp_path / "missing") == ()


def break_file(path: Path, how: str) -> None:
    match how:
        case "empty":
            path.write_bytes(b"")
        case "junk":
            path.write_bytes(b"This is not a weights file, however long it may be.")
        case "cut":
            write_header(path, {CARD_KEY: card_to_text(make_card())})
            path.write_bytes(path.read_bytes()[:-60])
        case "no-metadata":
            write_header(path, None)
        case "no-card":
            write_header(path, {"format": "pt"})
        case "junk-card":
            write_header(path, {CARD_KEY: "junk"})
        case "other-classes":
            write_header(path, {CARD_KEY: card_to_text(STRANGER)})


BROKEN = {
    "empty": r"'stranger-moon\.safetensors' is damaged\. Fetch it again",
    "junk": r"'stranger-moon\.safetensors' is damaged\. Fetch it again",
    "cut": r"'stranger-moon\.safetensors' is damaged\. Fetch it again",
    "no-metadata": r"'stranger-moon\.safetensors' holds no model card",
    "no-card": r"'stranger-moon\.safetensors' holds no model card",
    "junk-card": r"holds no card of this version of segdemo",
    "other-classes": r"'stranger-moon' names classes that this version of segdemo does not know",
}
"""How a file can be broken, and what is said of it."""


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_left_out_and_named_in_the_log(
    how: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_model(tmp_path, make_card("fcn"))
    write_model(tmp_path, make_card("unet"))
    break_file(tmp_path / "stranger-moon.safetensors", how)

    with caplog.at_level(logging.WARNING):
        found = [entry.model_id for entry in list_models(tmp_path)]

    assert found == ["fcn-street", "unet-street"]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "stranger-moon" in record.getMessage()


def test_good_files_are_listed_without_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_model(tmp_path, make_card())

    list_models(tmp_path)

    assert not caplog.records


@pytest.mark.parametrize("named", ["fcn-street", "other"])
def test_a_file_that_bears_another_name_than_its_card_is_left_out(
    named: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_model(tmp_path, make_card("fcn"))
    write_header(tmp_path / "mine.safetensors", {CARD_KEY: card_to_text(make_card(model_id=named))})

    assert [entry.safetensors_path.name for entry in list_models(tmp_path)] == [
        "fcn-street.safetensors"
    ]
    assert f"mine.safetensors is left out: its card is that of '{named}'" in caplog.text


def test_a_model_is_in_the_table_or_a_person_s_own(tmp_path: Path) -> None:
    listed = write_model(tmp_path, make_card("fcn"))
    write_model(tmp_path, make_card("unet"))
    write_digests(tmp_path, f"| `{listed.name}` | 7 | `{sha256(listed)}` |")

    status = {entry.model_id: entry.status for entry in list_models(tmp_path)}

    assert status == {"fcn-street": "in the table", "unet-street": "own, not in the table"}


def test_a_person_s_own_models_stand_behind_those_in_the_table(tmp_path: Path) -> None:
    own = make_card("unet", scores=(make_score(mean_iou=0.99),))
    write_model(tmp_path, own)
    listed = write_model(tmp_path, make_card("fcn", scores=(make_score(mean_iou=0.2),)))
    write_digests(tmp_path, f"| `{listed.name}` | 7 | `{sha256(listed)}` |")

    assert [entry.model_id for entry in list_models(tmp_path)] == ["fcn-street", "unet-street"]


def test_downloaded_models_lie_in_a_folder_of_their_own_and_stand_last(tmp_path: Path) -> None:
    (tmp_path / DOWNLOADED_FOLDER).mkdir()
    path = write_model(tmp_path / DOWNLOADED_FOLDER, make_card("fcn", scores=()))
    write_model(tmp_path, make_card("unet"))

    first, last = list_models(tmp_path)

    assert (first.model_id, first.status) == ("unet-street", "own, not in the table")
    assert (last.model_id, last.status) == ("fcn-street", "downloaded")
    assert last.safetensors_path == path
    assert find_model("fcn-street", tmp_path) == last
    check_digest(path)  # its publisher's digest was checked when it came


@pytest.mark.parametrize("folder", [None, "", "mine"])
def test_the_folder_of_the_weights_can_be_named(folder: str | None) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "SEGDEMO_WEIGHTS"}
    if folder is not None:
        environment["SEGDEMO_WEIGHTS"] = folder
    answer = subprocess.run(
        [sys.executable, "-c", "import segdemo.zoo as zoo; print(zoo.WEIGHTS_DIR)"],
        cwd=BUNDLED_DIR.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.strip() == (folder or str(BUNDLED_DIR))


# --- one model -------------------------------------------------------------------------------


def test_a_model_is_found_by_its_id(tmp_path: Path) -> None:
    write_model(tmp_path, make_card("fcn"))
    write_model(tmp_path, make_card("unet"))

    assert find_model("unet-street", tmp_path).card == make_card("unet")


@pytest.mark.parametrize("model_id", ["unet", "unet-voc", "UNet-street", "", "../unet-street"])
def test_an_unknown_model_is_named_with_the_known_ones(model_id: str, tmp_path: Path) -> None:
    write_model(tmp_path, make_card("fcn"))
    write_model(tmp_path, make_card("unet"))

    with pytest.raises(UnknownNameError) as caught:
        find_model(model_id, tmp_path)

    known = "Models here: fcn-street, unet-street."
    assert str(caught.value) == f"There is no model '{model_id}'. {known}"


def test_an_empty_folder_is_said_to_hold_no_models(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Models here: none\."):
        find_model("unet-street", tmp_path)


def test_the_card_of_a_file_is_the_one_written(tmp_path: Path) -> None:
    card = make_card("segnet", "voc")

    assert read_card(write_model(tmp_path, card)) == card


@pytest.mark.parametrize(("how", "message"), BROKEN.items(), ids=BROKEN.keys())
def test_a_file_without_a_readable_card_is_refused(how: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "stranger-moon.safetensors"
    break_file(path, how)

    with pytest.raises(WeightsError, match=message):
        read_card(path)


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_what_is_no_file_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "unet-street.safetensors"
    if kind == "folder":
        path.mkdir()

    with pytest.raises(WeightsError, match=r"'unet-street\.safetensors' is damaged"):
        read_card(path)


def test_a_model_is_ready_slow_without_a_graph_or_damaged(tmp_path: Path) -> None:
    write_model(tmp_path, make_card("fcn"))
    ready = write_model(tmp_path, make_card("unet"), onnx=b"graph")
    broken = write_model(tmp_path, make_card("pspnet"), onnx=b"graph")
    write_digests(
        tmp_path,
        *(
            f"| `{path.name}` | 7 | `{sha256(path)}` |"
            for file in (ready, broken)
            for path in (file, file.with_suffix(".onnx"))
        ),
    )
    broken.with_suffix(".onnx").write_bytes(b"another graph")

    assert {entry.card.architecture: condition_of(entry) for entry in list_models(tmp_path)} == {
        "unet": "ready",
        "fcn": "ready, slow",
        "pspnet": "damaged",
    }


# --- digests ---------------------------------------------------------------------------------


def test_the_digest_of_known_bytes_is_the_published_one(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")

    # The first example of FIPS 180-2, appendix B.
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_file_that_the_table_names_passes(tmp_path: Path) -> None:
    path = write_model(tmp_path, make_card())
    write_digests(
        tmp_path,
        f"| `other.onnx` | 7 | `{'0' * 64}` |",
        f"| `{path.name}` | 7 | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |",
    )

    check_digest(path)


def test_a_file_that_changed_since_the_table_is_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path, make_card())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    write_digests(tmp_path, f"| `{path.name}` | 7 | `{digest}` |", "| `other.onnx` | 7 | - |")
    path.write_bytes(path.read_bytes() + b"\0")

    message = r"'unet-street\.safetensors' is not the one that README\.md names: its SHA-256"
    with pytest.raises(WeightsError, match=message):
        check_digest(path)


def test_the_digest_of_another_file_does_not_count(tmp_path: Path) -> None:
    path = write_model(tmp_path, make_card("unet"))
    other = write_model(tmp_path, make_card("fcn"))
    write_digests(
        tmp_path,
        f"| `{path.name}` | 7 | `{sha256(other)}` |",
        f"| `{other.name}` | 7 | `{sha256(path)}` |",
    )

    with pytest.raises(WeightsError, match="SHA-256 differs"):
        check_digest(path)


@pytest.mark.parametrize(
    "rows",
    [None, (), (f"| `other.onnx` | 7 | `{'0' * 64}` |",), ("| `unet-street.safetensors` | 7 | |",)],
    ids=["no-table", "empty-table", "another-file", "no-digest"],
)
def test_a_file_without_a_digest_in_the_table_is_not_checked(
    rows: tuple[str, ...] | None, tmp_path: Path
) -> None:
    path = write_model(tmp_path, make_card())
    if rows is not None:
        write_digests(tmp_path, *rows)

    check_digest(path)


@pytest.mark.parametrize("named", [".safetensors", ".onnx"])
def test_the_other_file_of_a_model_in_the_table_is_not_taken_on_trust(
    named: str, tmp_path: Path
) -> None:
    path = write_model(tmp_path, make_card(), onnx=b"graph")
    other = {".safetensors": ".onnx", ".onnx": ".safetensors"}[named]
    row = f"| `unet-street{named}` | 7 | `{sha256(path.with_suffix(named))}` |"
    write_digests(tmp_path, row)

    check_digest(path.with_suffix(named))
    with pytest.raises(WeightsError, match=rf"'unet-street\{other}', but not this file of it"):
        check_digest(path.with_suffix(other))
