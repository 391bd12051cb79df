"""``segment``: write the masks of photos."""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from segdemo.cli.options import Verbs, add_model, new_verb, print_line
from segdemo.errors import DataError, ImageError

if TYPE_CHECKING:
    from PIL import Image

    from segdemo.prediction import Prediction


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "segment",
        _segment,
        summary="write the mask of photos: PNG files whose pixels are class ids",
        example="photo.jpg --out masks --overlay",
    )
    verb.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    add_model(verb)
    verb.add_argument("--out", type=Path, default=Path("masks"), help="folder for the masks")
    verb.add_argument(
        "--json", action="store_true", help="print an object a photo, with areas and times"
    )
    verb.add_argument("--overlay", action="store_true", help="also write the mask over the photo")
    verb.add_argument(
        "--probs",
        action="store_true",
        help="also write the probability of every class: .npz with 'probs' (C, H, W), float16, "
        "and 'class_names'",
    )


def _segment(options: argparse.Namespace) -> None:
    from segdemo.images import load_photo
    from segdemo.predictor import predictor_of, weights_path
    from segdemo.zoo import find_model, sha256

    stems = Counter(path.stem for path in options.photos)
    twice = [stem for stem, count in stems.items() if count > 1]
    if twice:
        raise DataError(f"Several photos are named '{twice[0]}'. Segment them into two folders.")
    entry = find_model(options.model)
    predictor = predictor_of(entry, device=options.device)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"The folder '{options.out}' cannot be made. Name another one.") from error
    for path in options.photos:
        try:
            photo = load_photo(path)
        except ImageError as error:
            raise ImageError(f"{path}: {error}") from error
        prediction = predictor.predict(photo)
        try:
            mask_path = _write(photo, prediction, path.stem, options)
        except OSError as error:
            raise DataError(
                f"The folder '{options.out}' cannot be written. Name another one."
            ) from error
        if options.json:
            digest = sha256(weights_path(entry, device=options.device))
            _print_json(path, mask_path, prediction, weights_sha256=digest)
        else:
            _print_shares(mask_path, prediction)


def _print_shares(mask_path: Path, prediction: "Prediction") -> None:
    shares = sorted(zip(prediction.shares, prediction.labels.class_names, strict=True))
    found = ", ".join(f"{name} {share:.1%}" for share, name in reversed(shares) if share > 0)
    print_line(f"{mask_path}: {found} ({1000 * prediction.timing.total_s:.0f} ms)")


def _print_json(
    path: Path, mask_path: Path, prediction: "Prediction", *, weights_sha256: str
) -> None:
    from segdemo.reporting import segmentation_json

    facts = segmentation_json(prediction, weights_sha256=weights_sha256)
    print_line(json.dumps({"photo": str(path), "mask": str(mask_path), **facts}))


def _write(
    photo: "Image.Image",
    prediction: "Prediction",
    stem: str,
    options: argparse.Namespace,
) -> Path:
    """Write what the options ask for; returns the mask's path."""
    import numpy as np

    from segdemo.uncertainty import probabilities
    from segdemo.views.overlays import indexed, overlay

    mask_path: Path = options.out / f"{stem}_mask.png"
    indexed(prediction.label_map, prediction.labels).save(mask_path)
    if options.overlay:
        shown = overlay(photo, prediction.label_map, prediction.labels, opacity=0.6)
        shown.save(options.out / f"{stem}_overlay.jpg", quality=92)
    if options.probs:
        np.savez_compressed(
            options.out / f"{stem}_probs.npz",
            probs=probabilities(prediction.require_logits(), shape=prediction.label_map.shape),
            class_names=np.array(prediction.labels.class_names),
        )
    return mask_path
