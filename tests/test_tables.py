"""The tables of the documents, on made-up models."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from segdemo.card import Card
from segdemo.errors import WeightsError
from segdemo.labels import STREET
from segdemo.tables import timing_sentence, training_statement, weights_readme, zoo_table
from segdemo.timings import Timings
from segdemo.zoo import DIGESTS_FILE, ZooEntry, check_digest, list_models
from tests.cards import make_card, make_score, write_model

TIMINGS = Timings(
    processor="Made-up",
    cores=2,
    photo_size=(500, 375),
    reference="another network",
    reference_ms=80.4,
    model_ms={"fcn-street": 12.3},
)


def entries_of(weights_dir: Path, *cards: Card) -> tuple[ZooEntry, ...]:
    """Write each card's two files, the graph of 1.3 MB, and list them."""
    for card in cards:
        write_model(weights_dir, card, onnx=card.architecture.encode().ljust(1_300_000))
    return list_models(weights_dir)


def section(text: str, heading: str) -> list[str]:
    """The lines below a heading, up to the next one."""
    lines = text.splitlines()
    start = lines.index(heading) + 1
    ends = (at for at, line in enumerate(lines) if at >= start and line.startswith("#"))
    return [line for line in lines[start : next(ends, len(lines))] if line]


# --- the table of the zoo --------------------------------------------------------------------


def test_a_row_holds_scores_size_cost_and_licence(tmp_path: Path) -> None:
    scores = (
        make_score(data="Made-up val", mean_iou=0.65432),
        make_score(data="Made-up test", mean_iou=0.5),
    )

    table = zoo_table(entries_of(tmp_path, make_card("unet", scores=scores)))

    assert table.endswith("|\n")
    assert table.splitlines()[2:] == [
        "| `unet-street` | 0.654 Made-up val; 0.500 Made-up test "
        "| 3.5 M | 6.4 G at 480x360 | - | 1.3 MB | CC0-1.0 |"
    ]


def test_a_row_holds_the_time_that_was_measured(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, make_card("fcn"), make_card("unet"))

    heading, _, *rows = cells_of(zoo_table(entries, TIMINGS).splitlines())

    assert {row[0]: row[heading.index("time")] for row in rows} == {
        "`fcn-street`": "12 ms",
        "`unet-street`": "-",  # not timed
    }


def test_there_is_a_row_per_model_in_the_order_given(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, make_card("fcn"), make_card("unet"), make_card("unet", "voc"))

    rows = zoo_table(entries[::-1]).splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == [entry.model_id for entry in entries[::-1]]


def test_every_row_has_as_many_cells_as_the_heading(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, make_card("fcn"), make_card("unet", scores=()))

    heading, line, *rows = zoo_table(entries).splitlines()

    assert {row.count("|") for row in (line, *rows)} == {heading.count("|")}


def test_without_a_graph_the_size_is_that_of_the_other_file(tmp_path: Path) -> None:
    path = tmp_path / "unet-street.safetensors"
    path.write_bytes(bytes(3_000_000))  # the card is at hand: only the size is read

    assert "| 3.0 MB |" in zoo_table([ZooEntry(make_card(), path, None)])


def test_an_empty_zoo_gives_the_heading_alone() -> None:
    assert len(zoo_table([]).splitlines()) == 2


# --- weights/README.md -----------------------------------------------------------------------


def cells_of(lines: list[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_scores_have_a_row_per_class_and_a_column_per_model(tmp_path: Path) -> None:
    cards = (
        make_card("fcn", scores=(make_score(mean_iou=0.25, pixel_accuracy=0.75),)),
        make_card("unet", scores=(make_score(mean_iou=0.125),)),
    )
    entries = sorted(entries_of(tmp_path, *cards), key=lambda entry: entry.model_id)

    heading, _, *rows = cells_of(section(weights_readme(entries), "### Made-up val, 12 photos"))

    assert heading == ["IoU", "`fcn`", "`unet`"]
    *per_class, last, mean, accuracy = rows
    assert [row[0] for row in (*per_class, last)] == list(STREET.class_names)
    assert all(row[1:] == ["0.250", "0.125"] for row in per_class)
    assert last == ["bicyclist", "-", "-"]  # it does not occur
    assert mean == ["**mean**", "**0.250**", "**0.125**"]
    assert accuracy == ["pixel accuracy", "0.750", "0.875"]


def test_each_split_has_a_table_of_the_models_scored_on_it(tmp_path: Path) -> None:
    both = (make_score(data="Made-up val"), make_score(data="Made-up test", images=7))
    entries = entries_of(
        tmp_path, make_card("fcn", scores=both), make_card("unet", scores=both[1:])
    )

    text = weights_readme(entries)

    assert section(text, "### Made-up val, 12 photos")[0] == "| IoU | `fcn` |"
    assert section(text, "### Made-up test, 7 photos")[0] == "| IoU | `fcn` | `unet` |"


def test_models_of_two_label_sets_can_be_scored_on_one_split(tmp_path: Path) -> None:
    cards = (
        make_card("fcn", "voc", scores=(make_score("voc", mean_iou=0.25),)),
        make_card("fcn", "people_animals", scores=(make_score("people_animals", mean_iou=0.75),)),
    )

    text = weights_readme(entries_of(tmp_path, *cards))

    assert "**0.250**" in text
    assert "**0.750**" in text
    assert "| chair |" in text  # a class of one of them alone


def test_a_card_says_how_it_was_made_and_what_it_cannot_do(tmp_path: Path) -> None:
    text = weights_readme(entries_of(tmp_path, make_card("fcn"), make_card("unet")))

    assert section(text, "### `unet-street`") == section(text, "### `fcn-street`")
    assert section(text, "### `unet-street`") == [
        "- Trained on: Made-up photos",
        "- Recipe: 3 epochs, 2 minutes. All settings are in the file's header.",
        "- Limits: Knows nothing: it is made up.",
        "- Licence: CC0-1.0",
    ]


def test_training_in_two_stages_is_said_to_be() -> None:
    recipe = {"epochs": 3, "training_seconds": 125}
    tuning = {"architecture": "unet", "epochs": 60, "training_seconds": 4131}
    card = make_card("fcn")

    assert training_statement(replace(card, recipe=recipe)) == "3 epochs, 2 minutes."
    assert training_statement(replace(card, recipe={})) == ""
    assert training_statement(replace(card, recipe=recipe | {"tuning": tuning})) == (
        "3 epochs, 2 minutes, from a backbone that had been tuned in unet (60 epochs, 69 minutes)."
    )


def test_braces_in_a_card_stay_as_they_are(tmp_path: Path) -> None:
    text = weights_readme(entries_of(tmp_path, make_card(limits="Fails on {scores} and {0}.")))

    assert "- Limits: Fails on {scores} and {0}." in text


def test_every_file_is_listed_with_its_size_and_sha_256(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, make_card("fcn"), make_card("unet"))
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == 4

    rows = section(weights_readme(entries), "## Files")[2:]

    assert sorted(rows) == sorted(
        f"| `{path.name}` | {path.stat().st_size} "
        f"| `{hashlib.sha256(path.read_bytes()).hexdigest()}` |"
        for path in paths
    )


def test_the_digests_are_read_back_when_a_file_is_checked(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, make_card("fcn"), make_card("unet"))
    (tmp_path / DIGESTS_FILE).write_text(weights_readme(entries), encoding="utf-8")
    paths = [path for entry in entries for path in entry.paths]

    for path in paths:
        check_digest(path)
        path.write_bytes(path.read_bytes() + b"\0")
        with pytest.raises(WeightsError, match=f"'{path.name}' is not the one"):
            check_digest(path)


def test_the_page_of_an_empty_zoo_has_its_headings() -> None:
    text = weights_readme([])

    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Weights",
        "## Models",
        "## Scores",
        "## Cards",
        "## Files",
    ]


def test_the_page_says_what_was_timed_and_beside_what(tmp_path: Path) -> None:
    text = weights_readme(entries_of(tmp_path, make_card("fcn")), TIMINGS)

    assert zoo_table(entries_of(tmp_path, make_card("fcn")), TIMINGS) in text
    for fact in ("500x375", "2 cores", "Made-up", "another network took 80 ms"):
        assert fact in timing_sentence(TIMINGS)
        assert fact in text


def test_without_times_the_page_says_how_to_measure_them() -> None:
    assert "bench --write" in timing_sentence(None)
