"""The pieces of the page of models, without a browser."""

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from segdemo.errors import UnknownNameError
from segdemo.tables import zoo_table
from segdemo.timings import Timings, read_timings
from segdemo.ui import texts
from segdemo.ui.catalogue import chart_html, measure
from segdemo.ui.catalogue.cards import card_html, origin_of
from segdemo.ui.catalogue.comparison import row_of
from segdemo.ui.catalogue.measuring import ROUNDS
from segdemo.ui.handlers import DEVICE
from segdemo.ui.pages.segment_inputs import architecture_choices
from segdemo.zoo import DIGESTS_FILE, ZooEntry, list_models, sha256
from tests.cards import bundled_models, make_card, make_score, write_model

TIMINGS = Timings("Made-up", 2, (500, 375), "another", 80.0, {"fcn-street": 12.5})


def made_up(weights_dir: Path, **fields: object) -> ZooEntry:
    write_model(weights_dir, make_card("fcn", **fields), onnx=bytes(2_000_000))
    (entry,) = list_models(weights_dir)
    return entry


def put_in_table(weights_dir: Path) -> None:
    rows = [f"| `{path.name}` | 7 | `{sha256(path)}` |" for path in weights_dir.iterdir()]
    (weights_dir / DIGESTS_FILE).write_text("\n".join(rows), "utf-8")


# --- the table -------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", bundled_models(), ids=lambda entry: entry.model_id)
def test_a_row_says_what_the_readme_says(entry: ZooEntry) -> None:
    timings = read_timings()
    printed = zoo_table([entry], timings).splitlines()[2].strip("| ").split(" | ")
    name, _, label_set, scores, parameters, multiply_adds, file, time, _ = (
        cell.text for cell in row_of(entry, timings)
    )
    assert [f"`{name}`", scores, parameters, multiply_adds, time, file] == printed[:6]
    assert label_set == entry.card.labels.title


def test_columns_rank_by_their_numbers(tmp_path: Path) -> None:
    scores = (make_score(data="A val", mean_iou=0.5), make_score(data="A test", mean_iou=0.25))
    entry = made_up(tmp_path, scores=scores)

    ranks = [cell.rank for cell in row_of(entry, TIMINGS)]

    assert ranks == ["fcn-street", "FCN", "Street", 0.25, 3_460_000, 6_360_000_000, 2.0, 12.5, None]


def test_a_model_without_scores_or_time_says_so(tmp_path: Path) -> None:
    cells = row_of(made_up(tmp_path, scores=()), None)

    assert [(cells[at].text, cells[at].rank) for at in (3, 7)] == [
        (texts.NOT_SCORED, None),
        ("-", None),
    ]


# --- the cards -------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", list_models(), ids=lambda entry: entry.model_id)
def test_a_card_says_everything_that_the_model_says_of_itself(entry: ZooEntry) -> None:
    card, html = entry.card, card_html(entry, read_timings())

    for text in (card.data, card.limits, card.licence, *card.class_names):
        assert escape(text) in html
    for red, green, blue in card.labels.colours:
        assert f"rgb({red}, {green}, {blue})" in html
    for path in entry.paths:
        assert f"{path.stat().st_size:,}" in html
    for score in card.scores:
        assert f"{escape(score.data)}<small>{score.images} photos" in html
        for value in (score.mean_iou, score.pixel_accuracy, *score.iou_per_class.values()):
            assert value is None or f"<td>{value:.3f}<i" in html
    assert f'id="{entry.model_id}"' in html
    assert f"?model={entry.model_id}" in html


def test_a_class_without_an_iou_has_a_dash_and_no_bar(tmp_path: Path) -> None:
    html = card_html(made_up(tmp_path), None)  # the last class does not occur

    assert re.search(r">bicyclist</th><td>-<i[^>]*--share:0\.0000", html)


def test_texts_of_a_card_are_escaped(tmp_path: Path) -> None:
    bad = '<img src=x onerror="alert(1)">'
    entry = made_up(tmp_path, limits=bad, data=bad, licence=bad)
    entry = replace(entry, card=replace(entry.card, model_id=f"x{bad}"))

    assert "<img" not in card_html(entry, None)


def test_a_recipe_that_says_little_is_no_hindrance(tmp_path: Path) -> None:
    html = card_html(made_up(tmp_path, recipe={}, scores=()), None)

    assert texts.TRAINING not in html
    assert texts.NOT_SCORED in html


def test_where_a_model_comes_from(tmp_path: Path) -> None:
    entry = made_up(tmp_path)
    assert origin_of(entry) == texts.ORIGIN_OWN
    put_in_table(tmp_path)
    assert origin_of(entry) == texts.ORIGIN_TABLED
    for bundled in bundled_models():
        assert origin_of(bundled) in (texts.ORIGIN_BUNDLED, texts.ORIGIN_TABLED)


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    entry = made_up(tmp_path)
    put_in_table(tmp_path)
    assert texts.CONDITIONS["ready"] in card_html(entry, None)

    entry.safetensors_path.with_suffix(".onnx").write_bytes(b"another")

    assert escape(texts.CONDITIONS["damaged"]) in card_html(entry, None)


# --- the charts ------------------------------------------------------------------------------


def test_each_split_is_drawn_for_both_grounds_and_told_in_words(tmp_path: Path) -> None:
    html = chart_html([made_up(tmp_path)], TIMINGS)

    assert re.findall(r'class="([\w-]+)"', html) == ["charts", "on-light", "on-dark"]
    assert len(set(re.findall(r'src="([^"]+)"', html))) == 2
    # It is no model of the table, so it goes by its id.
    assert html.count("Made-up val, mean IoU and time: fcn-street 0.500 at 12 ms") == 2


def test_without_times_there_is_no_chart(tmp_path: Path) -> None:
    assert chart_html([made_up(tmp_path)], None) == ""


# --- timing on request -----------------------------------------------------------------------


def test_a_measurement_is_a_time_and_how_it_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        "segdemo.ui.catalogue.measuring.time_model",
        lambda entry, **options: asked.append((entry.model_id, options)) or 12.4,
    )
    entries = list_models()

    found = measure(entries, entries[-1].model_id)

    assert asked == [(entries[-1].model_id, {"rounds": ROUNDS, "device": DEVICE})]
    assert (found.model, found.milliseconds) == (entries[-1].model_id, 12.4)
    assert found.text.startswith(f"12 ms here: median of {ROUNDS}, 500x375 photo, ")
    assert found.serial != measure(entries, entries[-1].model_id).serial


def test_a_model_that_is_not_there_is_not_measured() -> None:
    with pytest.raises(UnknownNameError, match=r"There is no model '\.\./secret'"):
        measure(list_models(), "../secret")


# --- the choice on the first page ------------------------------------------------------------


def entries_of(weights_dir: Path, listed: list[str], own: list[str]) -> tuple[ZooEntry, ...]:
    for name in listed:
        write_model(weights_dir, make_card(name))
    put_in_table(weights_dir)
    for name in own:
        architecture = name.partition("-")[0]
        write_model(weights_dir, make_card(architecture, model_id=name))
    return list_models(weights_dir)


def test_models_go_by_their_architecture(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, ["unet", "fcn"], ["segnet-mine"])

    assert architecture_choices(entries, "street") == [
        ("FCN", "fcn-street"),
        ("U-Net", "unet-street"),
        ("SegNet", "segnet-mine"),
    ]


def test_models_that_would_share_a_name_bear_their_id_too(tmp_path: Path) -> None:
    entries = entries_of(tmp_path, ["fcn"], ["fcn-mine", "fcn-other", "unet-a", "unet-b"])

    assert architecture_choices(entries, "street") == [
        ("FCN", "fcn-street"),
        ("FCN: fcn-mine", "fcn-mine"),
        ("FCN: fcn-other", "fcn-other"),
        ("U-Net: unet-a", "unet-a"),
        ("U-Net: unet-b", "unet-b"),
    ]


def test_every_model_can_be_chosen(tmp_path: Path) -> None:
    for entries in (list_models(), entries_of(tmp_path, ["fcn"], ["fcn-mine"])):
        label_sets = {entry.card.label_set for entry in entries}
        offered = [
            choice
            for label_set in label_sets
            for choice in architecture_choices(entries, label_set)
        ]
        assert sorted(model for _, model in offered) == sorted(one.model_id for one in entries)
