"""A comparison in words and tables, as HTML."""

import math
from collections.abc import Sequence
from html import escape

from segdemo.comparison import ComparedModel, Comparison
from segdemo.metrics import POLICY, Scores
from segdemo.ui import texts
from segdemo.ui.html import Cell, number_table, paragraph


def summarise(comparison: Comparison) -> str:
    """What was compared and how far it agrees, in a sentence or two."""
    height, width = comparison.votes.shape
    seconds = sum(model.timing.total_s for model in comparison.models)
    return paragraph(
        f"{len(comparison.models)} models on a photo of {width} x {height} pixels, in "
        f"{1000 * seconds:.0f} ms together. They do not all name the same class on "
        f"{comparison.disagreement:.1%} of the pixels."
    )


def draw_tables(comparison: Comparison, titles: Sequence[str]) -> str:
    """All tables of a comparison: disagreement, scores where there is a truth, and costs.

    Args:
        comparison: The comparison.
        titles: What its models are called.

    Returns:
        HTML.
    """
    scores = [model.scores for model in comparison.models if model.scores is not None]
    parts = [
        _heading(texts.DISAGREEMENT),
        paragraph(_votes(comparison)),
        paragraph(texts.PAIRS_INFO),
        _pairs(comparison, titles),
    ]
    if comparison.truth is not None:
        parts += [
            _heading(texts.TRUTH_TABLE),
            paragraph(f"Mask: {comparison.truth.summary}"),
            paragraph(texts.TRUTH_TABLE_INFO),
            number_table(texts.TRUTH_TABLE, (texts.CLASS, *titles), score_rows(scores)),
            paragraph(POLICY),
        ]
    parts += [
        _heading(texts.COSTS),
        paragraph(texts.COSTS_INFO),
        number_table(
            texts.COSTS,
            texts.COSTS_HEADERS,
            zip(titles, map(_costs, comparison.models), strict=True),
        ),
    ]
    return "".join(parts)


def score_rows(scores: Sequence[Scores]) -> list[tuple[str, list[Cell]]]:
    """Mean IoU, pixel accuracy and the IoU of each class that occurs, a column per model."""
    rows = [
        (texts.MEAN_IOU, [each.mean_iou for each in scores]),
        (texts.PIXEL_ACCURACY, [each.pixel_accuracy for each in scores]),
    ]
    for name, *values in zip(
        scores[0].class_names, *(each.iou_per_class for each in scores), strict=True
    ):
        if not all(map(math.isnan, values)):
            rows.append((name, values))
    return [(name, against_best(values)) for name, values in rows]


def against_best(values: Sequence[float]) -> list[Cell]:
    """Numbers with four decimals: the best of them marked, the others with what they lack.

    Args:
        values: Scores, higher is better; NaN where there is none.

    Returns:
        A cell per value. Those that look the same as the best are marked too; where all look the
        same, none is.
    """
    rounded = [round(value, 4) for value in values]
    known = {value for value in rounded if not math.isnan(value)}
    return [_against(value, max(known, default=value), len(known) > 1) for value in rounded]


def _against(value: float, best: float, differs: bool) -> Cell:
    if math.isnan(value):
        return Cell(texts.NO_VALUE)
    if not differs:
        return Cell(f"{value:.4f}")
    if value == best:
        return Cell(f"{value:.4f}", texts.BEST, is_best=True)
    return Cell(f"{value:.4f}", f"\N{MINUS SIGN}{best - value:.4f}")


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _votes(comparison: Comparison) -> str:
    """On how much of the photo how many different classes are named."""
    shares = [
        f"{classes} different classes on {share:.1%}"
        for classes, share in comparison.vote_shares.items()
        if classes > 1
    ]
    found = f"They name {', '.join(shares)} of the pixels." if shares else texts.NO_DISAGREEMENT
    return f"{found} {texts.DISAGREEMENT_INFO}"


def _pairs(comparison: Comparison, titles: Sequence[str]) -> str:
    rows = [
        (
            f"{titles[pair.first]} and {titles[pair.second]}",
            [Cell(f"{pair.mean_iou:.4f}"), Cell(f"{pair.pixel_agreement:.1%}")],
        )
        for pair in comparison.pairs
    ]
    return number_table(texts.DISAGREEMENT, texts.PAIRS_HEADERS, rows)


def _costs(model: ComparedModel) -> list[Cell]:
    timing, card = model.timing, model.entry.card
    steps = (timing.total_s, timing.preprocess_s, timing.network_s, timing.postprocess_s)
    height, width = card.cost_shape
    return [
        *(Cell(f"{1000 * seconds:.0f} ms") for seconds in steps),
        Cell(f"{card.parameters / 1e6:.1f} M"),
        Cell(f"{card.multiply_adds / 1e9:.1f} G", f"at {width} x {height}"),
        Cell(f"{model.file_bytes / 1e6:.1f} MB"),
    ]
