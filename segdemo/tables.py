"""Tables of the zoo for the documents, printed from the cards."""

from collections.abc import Sequence

from segdemo.card import Card, MeasuredScore
from segdemo.zoo import ZooEntry, sha256

_WEIGHTS_README = """# Weights

Each model is two files with the same card in their headers: `.safetensors` (to train on, and for
GPUs) and `.onnx` (fused, what the CPU serves). segdemo compares a file with the SHA-256 below when
it loads it.

This page is printed by `python -m segdemo models --weights-readme > weights/README.md`.

## Scores

Single scale, no flip, one confusion matrix over the whole split, at the data's own size, by the
`.onnx` file.
'val' was used for choosing, 'test' for nothing but these tables.

{scores}
## Cards

{cards}
## Files

| file | bytes | SHA-256 |
| --- | ---: | --- |
{files}
"""


def zoo_table(entries: Sequence[ZooEntry]) -> str:
    """One row per model: what it scored, how large it is, on what terms it comes."""
    lines = [
        "| model | mean IoU | parameters | multiply-adds | file | licence |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for entry in entries:
        card = entry.card
        scores = "; ".join(f"{score.mean_iou:.3f} {score.data}" for score in card.scores)
        megabytes = (entry.onnx_path or entry.safetensors_path).stat().st_size / 1e6
        lines.append(
            f"| `{card.model_id}` | {scores} | {card.parameters / 1e6:.1f} M "
            f"| {card.multiply_adds / 1e9:.1f} G at {card.cost_shape[1]}x{card.cost_shape[0]} "
            f"| {megabytes:.1f} MB | {card.licence} |"
        )
    return "\n".join(lines) + "\n"


def weights_readme(entries: Sequence[ZooEntry]) -> str:
    """The whole text of ``weights/README.md``."""
    files = [
        f"| `{path.name}` | {path.stat().st_size} | `{sha256(path)}` |"
        for entry in entries
        for path in entry.paths
    ]
    return _WEIGHTS_README.format(
        scores="\n".join(_score_tables(entries)),
        cards="\n".join(_card_text(entry.card) for entry in entries),
        files="\n".join(files),
    )


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
        cells = " | ".join("-" if value is None else f"{value:.3f}" for value in values)
        lines.append(f"| {class_name} | {cells} |")
    means = " | ".join(f"**{score.mean_iou:.3f}**" for _, score in columns)
    accuracies = " | ".join(f"{score.pixel_accuracy:.3f}" for _, score in columns)
    return "\n".join([*lines, f"| **mean** | {means} |", f"| pixel accuracy | {accuracies} |", ""])


def _card_text(card: Card) -> str:
    minutes = card.recipe["training_seconds"] / 60
    return (
        f"### `{card.model_id}`\n\n"
        f"- Trained on: {card.data}\n"
        f"- Recipe: {card.recipe['epochs']} epochs, {minutes:.0f} minutes; all settings are in the "
        f"file's header.\n"
        f"- Limits: {card.limits}\n"
        f"- Licence: {card.licence}\n"
    )
