"""``evaluate``: judge models against ground truth."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from segdemo.cli.options import DEFAULT_MODEL, Verbs, new_verb, print_line, warn
from segdemo.errors import DataError

if TYPE_CHECKING:
    from segdemo.evaluation import Ledger, Pair, Pairing, Shard
    from segdemo.prediction import Prediction
    from segdemo.predictor import Predictor
    from segdemo.reporting import Run

_STOPPED = 130
"""Exit code of a program that Ctrl+C ended, as shells have it."""


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "evaluate",
        _evaluate,
        summary="score models against ground truth: one pair, folders of pairs, or a zip",
        example="--images photos --masks masks --model fcn-street --out results",
    )
    verb.add_argument("--image", type=Path, help="one photo")
    verb.add_argument("--mask", type=Path, help="its ground truth")
    verb.add_argument("--images", type=Path, help="folder of photos, nested ones too")
    verb.add_argument("--masks", type=Path, help="folder of masks, paired by name")
    verb.add_argument("--zip", type=Path, help="zip of the folders 'images' and 'masks'")
    verb.add_argument(
        "--model",
        action="append",
        help=f"a model's id, give it repeatedly; default {DEFAULT_MODEL}",
    )
    verb.add_argument("--device", default="cpu", help="cpu or cuda")
    verb.add_argument("--reading", help="how to read the masks, if not the likeliest way")
    verb.add_argument(
        "--details", action="store_true", help="boundaries and kinds of errors of folders too"
    )
    verb.add_argument(
        "--conventions", action="store_true", help="print what other libraries would print"
    )
    verb.add_argument(
        "--json", nargs="?", const="-", metavar="FILE", help="write JSON; without FILE, print it"
    )
    verb.add_argument(
        "--out",
        type=Path,
        help="folder for scores.json, per_image.csv, confusion.csv and report.html",
    )
    verb.add_argument("--masks-out", type=Path, help="folder for the predicted masks")


def _evaluate(options: argparse.Namespace) -> None:
    from segdemo.evaluation import Ledger, torchrun_shard
    from segdemo.predictor import load_predictor

    models = options.model or [DEFAULT_MODEL]
    if len(set(models)) < len(models):
        raise DataError("A model is named twice. Name each once.")
    with _pairing(options) as pairing, torchrun_shard() as shard:
        device = shard.device(options.device)
        predictors = {name: load_predictor(name, device=device, threads=1) for name in models}
        details = options.details or options.image is not None
        ledgers = [Ledger(one.model_id, one.labels, details) for one in predictors.values()]
        start = time.perf_counter()
        stopped = _fill(ledgers, predictors, pairing, shard, options)
        shard.join(ledgers)
        if shard.is_first:
            seconds = time.perf_counter() - start
            run = _run(ledgers, pairing, seconds, shard, options)
            _publish(run, predictors, options, stopped=stopped)
    if stopped:
        raise SystemExit(_STOPPED)


@contextmanager
def _pairing(options: argparse.Namespace) -> Iterator["Pairing"]:
    """The pairs that the options name, as long as the block lasts: a zip's are unpacked for it."""
    from segdemo.evaluation import Pair, Pairing, pair_up, pair_up_zip

    given = [
        name
        for name, wanted in (
            ("pair", options.image and options.mask),
            ("folders", options.images and options.masks),
            ("zip", options.zip),
        )
        if wanted
    ]
    if len(given) != 1:
        raise DataError(
            "Name a photo and its mask (--image, --mask), folders (--images, --masks) or an "
            "archive (--zip), one of the three."
        )
    if options.zip:
        with tempfile.TemporaryDirectory(prefix="segdemo-") as folder:
            yield pair_up_zip(options.zip, Path(folder))
    elif options.images:
        yield pair_up(options.images, options.masks)
    else:
        yield Pairing((Pair(options.image.stem, options.image, options.mask),))


def _fill(
    ledgers: Sequence["Ledger"],
    predictors: dict[str, "Predictor"],
    pairing: "Pairing",
    shard: "Shard",
    options: argparse.Namespace,
) -> bool:
    """Judge this process's pairs; returns whether Ctrl+C stopped it."""
    from segdemo.cli.progress import Progress
    from segdemo.evaluation import stream_rows

    indices = shard.indices(len(pairing.pairs))
    rows = stream_rows(
        list(predictors.values()),
        pairing.pairs,
        details=ledgers[0].details,
        reading=options.reading,
        indices=indices,
        on_prediction=_mask_writer(options.masks_out) if options.masks_out else None,
    )
    by_id = {ledger.model_id: ledger for ledger in ledgers}
    progress = Progress(len(indices) * len(ledgers))
    try:
        with closing(rows), closing(progress):
            for row in rows:
                by_id[row.model_id].add(row)
                if shard.is_first:
                    progress.step()
    except KeyboardInterrupt:
        if shard.world_size > 1:  # the other processes wait for numbers that will not come
            raise
        return True
    return False


def _mask_writer(folder: Path) -> Callable[["Pair", "Prediction"], None]:
    """What writes each predicted mask: below ``folder`` as the photo is below its own."""
    from segdemo.views.overlays import indexed

    def write(pair: "Pair", prediction: "Prediction") -> None:
        path = folder / prediction.model_id / f"{pair.stem}.png"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            indexed(prediction.label_map, prediction.labels).save(path)
        except OSError as error:
            raise DataError(f"'{path}' cannot be written. Name another folder.") from error

    return write


def _run(
    ledgers: Sequence["Ledger"],
    pairing: "Pairing",
    seconds: float,
    shard: "Shard",
    options: argparse.Namespace,
) -> "Run":
    from segdemo.reporting import describe_run

    places = [options.zip, options.images, options.masks, options.image, options.mask]
    return describe_run(
        [ledger.evaluation(seconds=seconds) for ledger in ledgers],
        pairing,
        data=" and ".join(str(place) for place in places if place),
        device=options.device,
        reading=options.reading,
        details=ledgers[0].details,
        processes=shard.world_size,
    )


def _publish(
    run: "Run",
    predictors: dict[str, "Predictor"],
    options: argparse.Namespace,
    *,
    stopped: bool,
) -> None:
    """Print and write what was found.

    Raises:
        DataError: If there is nothing to score, or a file cannot be written.
    """
    from segdemo.cli.scores import (
        print_evaluation,
        print_leaderboard,
        warn_of_failures,
        warn_of_singles,
    )
    from segdemo.reporting import results_json, write_results

    taken_up = len(run.evaluations[0].rows)
    if stopped:
        warn(f"stopped after {taken_up} of {len(run.pairing.pairs)} pairs")
        if not taken_up:
            return
    run.require_scores()
    warn_of_singles(run.pairing)
    warn_of_failures(run.evaluations, len(run.pairing.pairs))
    if options.json != "-":
        if len(run.evaluations) > 1:
            print_leaderboard(run)
        else:
            print_evaluation(run.evaluations[0], conventions=options.conventions)
    if options.json:
        _write_json(json.dumps(results_json(run)), options.json)
    if options.out:
        files = write_results(run, options.out, predictors=predictors, reading=options.reading)
        if options.json != "-":
            print_line(f"{options.out}: {', '.join(path.name for path in files)}")


def _write_json(text: str, path: str) -> None:
    if path == "-":
        print_line(text)
        return
    try:
        Path(path).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise DataError(f"'{path}' cannot be written. Name another file.") from error
