"""The models' cards: everything that a model says of itself, for visitors."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import gradio as gr

from segdemo.card import Card, MeasuredScore
from segdemo.tables import billions, fraction, millions, milliseconds, training_statement
from segdemo.timings import Timings
from segdemo.ui import texts
from segdemo.ui.catalogue.comparison import try_address
from segdemo.ui.handlers import architecture_name
from segdemo.ui.html import grid
from segdemo.zoo import BUNDLED_DIR, ZooEntry, condition_of

_FOLDER = Path(__file__).parent


class ModelCards(gr.HTML):
    """The cards; the event ``measure`` asks for a timing and carries the ``model``'s id."""

    def __init__(
        self,
        entries: Sequence[ZooEntry],
        timings: Timings | None,
        *,
        elem_id: str | None = None,
    ) -> None:
        super().__init__(
            "".join(card_html(entry, timings) for entry in entries),
            elem_id=elem_id,
            padding=False,
            css_template=(_FOLDER / "cards.css").read_text("utf-8"),
            js_on_load=(_FOLDER / "cards.js").read_text("utf-8"),
        )


def card_html(entry: ZooEntry, timings: Timings | None) -> str:
    """One card; the model's id is its anchor."""
    card, name = entry.card, escape(entry.model_id)
    title = f"{architecture_name(entry)}, {card.labels.title}"
    return (
        f'<article id="{name}" tabindex="-1" aria-labelledby="{name}-title"><header>'
        f'<h2 id="{name}-title">{escape(title)} <code>{name}</code></h2>{_status(entry)}</header>'
        f'<div class="halves"><div>{_facts(card)}</div>'
        f"<div>{_numbers(entry, timings)}{_actions(entry)}{_scores(card)}</div></div></article>"
    )


def origin_of(entry: ZooEntry) -> str:
    """Where a model comes from, in words."""
    if entry.status == "downloaded":
        return texts.ORIGIN_DOWNLOADED
    if entry.status == "own, not in the table":
        return texts.ORIGIN_OWN
    bundled = entry.safetensors_path.parent.resolve() == BUNDLED_DIR.resolve()
    return texts.ORIGIN_BUNDLED if bundled else texts.ORIGIN_TABLED


def _status(entry: ZooEntry) -> str:
    condition = condition_of(entry)
    words = f"{origin_of(entry)}. {texts.CONDITIONS[condition]}."
    return f'<p class="status" data-condition="{condition}">{escape(words)}</p>'


def _facts(card: Card) -> str:
    """What it sees, what it was made from and what it may be used for."""
    colours = zip(card.class_names, card.labels.colours, strict=True)
    chips = "".join(
        f'<li><i style="background:rgb{colour}"></i>{escape(name)}</li>' for name, colour in colours
    )
    told = [
        (texts.TRAINED_ON, card.data),
        (texts.TRAINING, training_statement(card)),
        (texts.LIMITS, card.limits),
        (texts.LICENCE, card.licence),
    ]
    return f'<h3>{texts.SEES}</h3><ul class="classes">{chips}</ul>' + "".join(
        f"<h3>{title}</h3><p>{escape(text)}</p>" for title, text in told if text
    )


def _numbers(entry: ZooEntry, timings: Timings | None) -> str:
    card = entry.card
    height, width = card.cost_shape
    return grid(
        [
            *((f"Mean IoU, {score.data}", fraction(score.mean_iou)) for score in card.scores),
            ("Parameters", millions(card.parameters)),
            (f"Multiply-adds at {width}x{height}", billions(card.multiply_adds)),
            *(
                (f"Bytes, {path.suffix.removeprefix('.')}", f"{path.stat().st_size:,}")
                for path in entry.paths
            ),
            ("Time, as in the table", milliseconds(entry.model_id, timings)),
        ]
    )


def _actions(entry: ZooEntry) -> str:
    name = escape(entry.model_id)
    return (
        f'<p class="actions"><a href="{escape(try_address(entry))}" aria-label="{texts.TRY_IT}: '
        f'{name}">{texts.TRY_IT}</a><button type="button" data-measure aria-disabled="false" '
        f'data-wait="{texts.MEASURE_WAIT}" data-failed="{texts.NO_MEASUREMENT}" '
        f'aria-label="{texts.MEASURE}: {name}" title="{texts.MEASURE_INFO}">{texts.MEASURE}'
        f"</button> <output></output></p>"
    )


def _scores(card: Card) -> str:
    """A column per split and a row per class, each with a small bar."""
    if not card.scores:
        return f"<h3>{texts.SCORES_MEASURED}</h3><p>{texts.NOT_SCORED}</p>"
    heads = "".join(
        f'<th scope="col">{escape(score.data)}<small>{score.images} photos</small></th>'
        for score in card.scores
    )
    rows = [
        _score_row(name, [score.iou_per_class.get(name) for score in card.scores])
        for name in card.class_names
    ]
    rows += [
        _score_row("Mean IoU", [score.mean_iou for score in card.scores], kind="total"),
        _score_row("Pixel accuracy", [score.pixel_accuracy for score in card.scores], kind="total"),
    ]
    return (
        f"<details><summary>{texts.SCORES_PER_CLASS}: {_splits(card.scores)}</summary>"
        f'<table><thead><tr><th scope="col">{texts.CLASS}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></details>"
    )


def _splits(scores: tuple[MeasuredScore, ...]) -> str:
    return escape(", ".join(score.data for score in scores))


def _score_row(name: str, values: list[float | None], *, kind: str = "class") -> str:
    cells = "".join(
        f'<td>{fraction(value)}<i class="bar" style="--share:{value or 0:.4f}"></i></td>'
        for value in values
    )
    return f'<tr class="{kind}"><th scope="row">{escape(name)}</th>{cells}</tr>'
