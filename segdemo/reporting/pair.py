"""One photo with its ground truth, judged and written down in one call."""

from typing import Any

from segdemo.evaluation import Pair, Pairing, evaluate
from segdemo.predictor import predictor_of, weights_path
from segdemo.reporting.results import model_json
from segdemo.reporting.run import Run
from segdemo.zoo import ZooEntry, sha256


def evaluate_pair(
    entry: ZooEntry, pair: Pair, *, reading: str | None = None, device: str = "cpu"
) -> dict[str, Any]:
    """Judge one model on one pair, boundaries and kinds of errors included.

    Args:
        entry: The model.
        pair: Photo and mask.
        reading: Id of the reading of the mask to take; None to find the likeliest.
        device: Where the model runs.

    Returns:
        What ``evaluate --image --mask --json`` prints: see
        :func:`segdemo.reporting.results_json`.

    Raises:
        SegdemoError: If a file cannot be read, the mask does not fit, or nothing in it is valid.
    """
    predictor = predictor_of(entry, device=device)
    evaluation = evaluate(predictor, [pair], details=True, reading=reading)
    digests = {entry.model_id: sha256(weights_path(entry, device=device))}
    run = Run(Pairing((pair,)), (evaluation,), digests)
    run.require_scores()
    return model_json(run, evaluation)
