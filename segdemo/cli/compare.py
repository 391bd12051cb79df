"""``compare``: draw photos through several models, side by side."""

import argparse
from pathlib import Path

from segdemo.cli.options import Verbs, new_verb, print_line
from segdemo.errors import DataError, ImageError
from segdemo.zoo import list_models


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "compare",
        _compare,
        summary="draw photos through several models, side by side",
        example="a.jpg b.jpg --labels street --out strip.png",
    )
    verb.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    verb.add_argument("--labels", default="people_animals", help="all models of a label set")
    verb.add_argument("--model", action="append", help="these models instead; give it repeatedly")
    verb.add_argument("--out", type=Path, default=Path("strip.png"), help="picture to write")


def _compare(options: argparse.Namespace) -> None:
    from segdemo.images import load_photo
    from segdemo.labels import load_label_set
    from segdemo.predictor import load_predictor
    from segdemo.views.overlays import overlay
    from segdemo.views.strips import draw_strip

    label_set_id = load_label_set(options.labels).id
    of_labels = [entry.model_id for entry in list_models() if entry.card.label_set == label_set_id]
    predictors = [load_predictor(model_id) for model_id in options.model or of_labels]
    rows = []
    for path in options.photos:
        try:
            photo = load_photo(path)
        except ImageError as error:
            raise ImageError(f"{path}: {error}") from error
        predictions = [predictor.predict(photo) for predictor in predictors]
        overlays = [
            overlay(photo, prediction.label_map, prediction.labels, opacity=0.6)
            for prediction in predictions
        ]
        rows.append([photo, *overlays])
    titles = ["photo", *(predictor.model_id for predictor in predictors)]
    strip = draw_strip(rows, titles=titles)
    try:
        strip.save(options.out)
    except (OSError, ValueError) as error:
        raise DataError(f"'{options.out}' cannot be written. Name a PNG file.") from error
    print_line(f"{options.out}: {len(rows)} photos through {len(predictors)} models")
