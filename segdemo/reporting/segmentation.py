"""A segmented photo as JSON."""

from typing import Any

from segdemo.prediction import Prediction


def areas(prediction: Prediction) -> list[dict[str, Any]]:
    """Index, name, share and pixels of every class, in the order of the label set."""
    pixels = prediction.label_map.size
    return [
        {"index": index, "name": name, "share": share, "pixels": round(share * pixels)}
        for index, (name, share) in enumerate(
            zip(prediction.labels.class_names, prediction.shares.tolist(), strict=True)
        )
    ]


def segmentation_json(prediction: Prediction, *, weights_sha256: str) -> dict[str, Any]:
    """Give a prediction, but for its pixels, as plain values that ``json.dumps`` writes.

    Args:
        prediction: The prediction.
        weights_sha256: SHA-256 of the file that ran.

    Returns:
        Stable keys:

        - ``model``, ``labels``: ids of the model and of its label set.
        - ``width``, ``height``: of the photo and of its mask, in pixels.
        - ``network_width``, ``network_height``: at which the network saw the photo.
        - ``areas``: ``index``, ``name``, ``share`` (0 to 1) and ``pixels`` of every class.
        - ``mean_confidence``: of all pixels, 0 to 1.
        - ``seconds``: ``preprocess``, ``network``, ``postprocess`` and ``total``.
        - ``weights_sha256``: of the file that ran.
    """
    height, width = prediction.label_map.shape
    network_height, network_width = prediction.network_shape
    timing = prediction.timing
    return {
        "model": prediction.model_id,
        "labels": prediction.labels.id,
        "width": width,
        "height": height,
        "network_width": network_width,
        "network_height": network_height,
        "areas": areas(prediction),
        "mean_confidence": float(prediction.confidence.mean()),
        "seconds": {
            "preprocess": timing.preprocess_s,
            "network": timing.network_s,
            "postprocess": timing.postprocess_s,
            "total": timing.total_s,
        },
        "weights_sha256": weights_sha256,
    }
