"""An evaluation as JSON."""

from typing import Any

from segdemo.evaluation import Evaluation
from segdemo.reporting.run import Run


def results_json(run: Run) -> dict[str, Any] | list[dict[str, Any]]:
    """Give a run as plain values that ``json.dumps`` writes as strict JSON.

    Args:
        run: One or several models' judgements.

    Returns:
        For one model its object, for several a list of them. Stable keys of each:

        - ``model``, ``labels``: ids of the model and of its label set.
        - ``images``, ``failed``: number of pairs that were and that could not be judged.
        - ``pixel_accuracy``, ``mean_iou``: over all pixels of all images.
        - ``mean_iou_per_image``: mean of the images' own mean IoU.
        - ``iou_per_class``, ``f1_per_class``, ``precision_per_class``, ``recall_per_class``:
          class name to value; null for a class that occurs nowhere.
        - ``seconds``, ``images_per_second``: of the whole run, all its models together.
        - ``policy``: how the numbers were counted.
        - ``weights_sha256``: of the file that ran.

        Beside them: ``failures`` (a list of ``image`` and ``reason``), ``photos_without_mask``,
        ``masks_without_photo``, ``encodings``, ``unknown``, ``complete`` (false if the run was
        stopped), and all keys of ``Assessment.to_json``.
    """
    results = [model_json(run, evaluation) for evaluation in run.evaluations]
    return results[0] if len(results) == 1 else results


def model_json(run: Run, evaluation: Evaluation) -> dict[str, Any]:
    """Give one model's judgement with the keys that :func:`results_json` names."""
    images, seconds = len(evaluation.judged), evaluation.seconds
    return {
        "model": evaluation.model_id,
        "labels": evaluation.labels.id,
        "images": images,
        "failed": len(evaluation.failed),
        "seconds": seconds,
        "images_per_second": images / seconds if seconds else None,
        "weights_sha256": run.weights_sha256[evaluation.model_id],
        "complete": run.is_complete,
        "failures": [{"image": row.stem, "reason": row.reason} for row in evaluation.failed],
        "photos_without_mask": list(run.pairing.photos_alone),
        "masks_without_photo": list(run.pairing.masks_alone),
        "encodings": evaluation.encodings,
        "unknown": evaluation.unknown,
        **evaluation.assessment.to_json(),
    }
