"""An early look at a network in training: its curve, and what it makes of a few photos."""

from collections.abc import Sequence
from pathlib import Path

from segdemo.evaluation import Pair, read_truth
from segdemo.images import load_photo
from segdemo.predictor import Predictor
from segdemo.training.run_folder import CurveLine
from segdemo.views.curves import CurvePoint, draw_curve
from segdemo.views.overlays import colorize
from segdemo.views.strips import draw_strip

_MOST_PHOTOS = 4
_COLUMNS = ("photo", "ground truth", "prediction")


def write_look(
    run_dir: Path,
    predictor: Predictor,
    pairs: Sequence[Pair],
    *,
    curve: Sequence[CurveLine],
    reading: str | None = None,
) -> None:
    """Write ``curve.png`` and ``samples_<epoch>.png`` into the folder of a run.

    Args:
        run_dir: Folder of the run.
        predictor: The network as it is now.
        pairs: Validation pairs, at least one; up to four, spread over them, are shown.
        curve: What the run noted so far, at least one epoch.
        reading: Id of the reading of the masks; None to find the likeliest of each.
    """
    points = [
        CurvePoint(int(line["epoch"] or 0), float(line["loss"] or 0), line["val_mean_iou"])
        for line in curve
    ]
    figure = draw_curve(points, title=predictor.model_id, score_title="validation mean IoU")
    figure.savefig(run_dir / "curve.png")
    rows = []
    for pair in sample(pairs):
        photo = load_photo(pair.image_path)
        truth = read_truth(
            pair.mask_path,
            predictor.labels,
            photo=photo,
            photo_source=pair.image_path,
            reading=reading,
        )
        maps = (truth.label_map, predictor.predict(photo).label_map)
        rows.append([photo, *(colorize(label_map, predictor.labels) for label_map in maps)])
    strip = draw_strip(rows, titles=_COLUMNS)
    strip.save(run_dir / f"samples_{points[-1].epoch:04d}.png")


def sample(pairs: Sequence[Pair], *, most: int = _MOST_PHOTOS) -> list[Pair]:
    """A few of the pairs, evenly spread and always the same ones."""
    count = min(most, len(pairs))
    return [pairs[index * len(pairs) // count] for index in range(count)]
