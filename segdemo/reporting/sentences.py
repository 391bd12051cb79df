"""What is to be said of a run, in sentences."""

import math
from collections.abc import Sequence

import numpy as np

from segdemo.evaluation import Evaluation, Pairing

_AS_SURE_AS_RIGHT = 0.01
"""Up to this difference of confidence and accuracy nobody would call a model too sure."""


def shortened(names: Sequence[str], most: int) -> str:
    """The first names of a list, and how many more there are.

    Example:
        >>> shortened(["a", "b", "c"], 2)
        'a, b and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def without_partner(pairing: Pairing, *, most: int) -> list[str]:
    """Say what could not be paired up.

    Args:
        pairing: The pairs, and what has no partner.
        most: How many names are listed.

    Returns:
        A phrase for the photos and one for the masks, if there are any such.

    Example:
        >>> without_partner(Pairing((), photos_alone=("a.jpg", "b.jpg")), most=1)
        ['2 photos have no mask: a.jpg and 1 more']
    """
    return [
        f"{len(names)} {one if len(names) == 1 else many}: {shortened(names, most)}"
        for names, one, many in (
            (pairing.photos_alone, "photo has no mask", "photos have no mask"),
            (pairing.masks_alone, "mask has no photo", "masks have no photo"),
        )
        if names
    ]


def calibration_sentence(evaluation: Evaluation) -> str:
    """Say whether a model is as sure as it is right.

    Args:
        evaluation: A model's judgement.

    Returns:
        One sentence; empty if there are no confidences of valid pixels.
    """
    bins, error = evaluation.assessment.reliability, evaluation.scores.expected_calibration_error
    if not bins or math.isnan(error):
        return ""
    confidence = float(np.nansum(bins.share * bins.mean_confidence))
    accuracy = float(np.nansum(bins.share * bins.accuracy))
    if abs(confidence - accuracy) < _AS_SURE_AS_RIGHT:
        verdict = "on the whole it is as sure as it is right"
    else:
        verdict = f"it is too {'sure' if confidence > accuracy else 'unsure'} of itself"
    return (
        f"The model gives its answers {confidence:.1%} on average and is right on {accuracy:.1%} "
        f"of the pixels, so {verdict}; from bin to bin the two differ by {100 * error:.1f} points "
        f"(calibration error, ECE {error:.4f})."
    )
