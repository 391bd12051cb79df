"""Tables for the documents, printed from the cards and by the metrics."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from segdemo.card import Card, MeasuredScore
from segdemo.metrics import score_as_all
from segdemo.metrics.worked_example import worked_example
from segdemo.timings import Timings
from segdemo.zoo import ZooEntry, sha256

PROTOCOL = """\
Single scale, no flip, one confusion matrix over the whole split, at the data's own size, by the
`.onnx` file.
'val' was used for choosing, 'test' for nothing but these tables."""
"""How the scores on the cards were measured."""

_WEIGHTS_README = """# Weights

Each model is two files with the same card in their headers: `.safetensors` (to train on, and for
GPUs) and `.onnx` (fused, what the CPU serves). segdemo compares a file with the SHA-256 below when
it loads it.

This page is printed by `python -m segdemo models --weights-readme > weights/README.md`.

## Models

{models}
{timing}

## Scores

{protocol}

{scores}
## Cards

{cards}
## Files

| file | bytes | SHA-256 |
| --- | ---: | --- |
{files}
"""


def zoo_table(entries: Sequence[ZooEntry], timings: Timings | None = None) -> str:
    """One row per model: what it scored, its size and time, on what terms it comes.

    Args:
        entries: The models.
        timings: What they took, or None if nothing was timed.

    Returns:
        Markdown, ending in a line break.
    """
    lines = [
        "| model | mean IoU | parameters | multiply-adds | time | file | licence |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for entry in entries:
        card = entry.card
        scores = "; ".join(f"{fraction(score.mean_iou)} {score.data}" for score in card.scores)
        lines.append(
            f"| `{card.model_id}` | {scores} | {millions(card.parameters)} "
            f"| {billions(card.multiply_adds)} at {card.cost_shape[1]}x{card.cost_shape[0]} "
            f"| {milliseconds(card.model_id, timings)} | {megabytes(entry):.1f} MB "
            f"| {card.licence} |"
        )
    return "\n".join(lines) + "\n"


def fraction(value: float | None) -> str:
    """A score with three decimals, or a dash where there is none."""
    return "-" if value is None else f"{value:.3f}"


def millions(number: int) -> str:
    """A number of parameters in millions."""
    return f"{number / 1e6:.1f} M"


def billions(number: int) -> str:
    """A number of multiply-adds in billions."""
    return f"{number / 1e9:.1f} G"


def milliseconds(model_id: str, timings: Timings | None) -> str:
    """A model's time, or a dash where none was measured."""
    time = timings.model_ms.get(model_id) if timings else None
    return "-" if time is None else f"{time:.0f} ms"


def megabytes(entry: ZooEntry) -> float:
    """Size of the file that CPUs are served from."""
    return (entry.onnx_path or entry.safetensors_path).stat().st_size / 1e6


def timing_sentence(timings: Timings | None) -> str:
    """Say what was timed, on what machine, beside what."""
    if timings is None:
        return "No times were measured yet: `python -m segdemo bench --write`."
    width, height = timings.photo_size
    return (
        f"Times are medians for a {width}x{height} photo, photo in, label map out, on "
        f"{timings.cores} cores ({timings.processor}), by `python -m segdemo bench --write`; "
        f"{timings.reference} took {timings.reference_ms:.0f} ms in the same run."
    )


def timing_title(timings: Timings) -> str:
    """Title of an axis of times."""
    width, height = timings.photo_size
    return f"milliseconds for a {width}x{height} photo, {timings.cores} cores"


def weights_readme(entries: Sequence[ZooEntry], timings: Timings | None = None) -> str:
    """The whole text of ``weights/README.md``."""
    files = [
        f"| `{path.name}` | {path.stat().st_size} | `{sha256(path)}` |"
        for entry in entries
        for path in entry.paths
    ]
    return _WEIGHTS_README.format(
        models=zoo_table(entries, timings),
        timing=timing_sentence(timings),
        protocol=PROTOCOL,
        scores="\n".join(_score_tables(entries)),
        cards="\n".join(_card_text(entry.card) for entry in entries),
        files="\n".join(files),
    )


def conventions_table() -> str:
    """What each library prints for the worked example, and what it does differently."""
    lines = ["| library | mean IoU | how it counts |", "| --- | ---: | --- |"]
    for convention, value in score_as_all(worked_example()):
        printed = "none" if math.isnan(value) else f"{value:.3f}"
        lines.append(f"| {convention.title} | {printed} | {convention.statement} |")
    return "\n".join(lines) + "\n"


def _score_tables(entries: Sequence[ZooEntry]) -> list[str]:
    """One table per split and label set: a row per class, a column per model."""
    tables: dict[tuple[str, str], list[tuple[Card, MeasuredScore]]] = {}
    for entry in entries:
        for score in entry.card.scores:
            columns = tables.setdefault((score.data, entry.card.label_set), [])
            columns.append((entry.card, score))
    return [_score_table(split, columns) for (split, _), columns in tables.items()]


def _score_table(split: str, columns: Sequence[tuple[Card, MeasuredScore]]) -> str:
    names = " | ".join(f"`{card.architecture}`" for card, _ in columns)
    lines = [
        f"### {split}, {columns[0][1].images} photos",
        "",
        f"| IoU | {names} |",
        f"| --- |{' ---: |' * len(columns)}",
    ]
    for class_name in columns[0][0].class_names:
        values = (score.iou_per_class[class_name] for _, score in columns)
        cells = " | ".join(fraction(value) for value in values)
        lines.append(f"| {class_name} | {cells} |")
    means = " | ".join(f"**{score.mean_iou:.3f}**" for _, score in columns)
    accuracies = " | ".join(f"{score.pixel_accuracy:.3f}" for _, score in columns)
    return "\n".join([*lines, f"| **mean** | {means} |", f"| pixel accuracy | {accuracies} |", ""])


def training_statement(card: Card) -> str:
    """Say how long a model was trained, and what its backbone had been through before.

    Args:
        card: Any model's card.

    Returns:
        A sentence; empty if the card does not know.
    """
    statement = _duration(card.recipe)
    if tuning := card.recipe.get("tuning"):
        statement += (
            f", from a backbone that had been tuned in {tuning['architecture']} "
            f"({_duration(tuning)})"
        )
    return f"{statement}." if statement else ""


def _duration(recipe: Mapping[str, Any]) -> str:
    epochs, seconds = recipe.get("epochs"), recipe.get("training_seconds")
    parts = [f"{epochs} epochs"] if epochs else []
    parts += [f"{seconds / 60:.0f} minutes"] if seconds else []
    return ", ".join(parts)


def _card_text(card: Card) -> str:
    return (
        f"### `{card.model_id}`\n\n"
        f"- Trained on: {card.data}\n"
        f"- Recipe: {training_statement(card)} All settings are in the file's header.\n"
        f"- Limits: {card.limits}\n"
        f"- Licence: {card.licence}\n"
    )
