"""Made-up models for tests: cards, and weights files that hold one."""

from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from segdemo.card import CARD_KEY, Card, MeasuredScore, Preprocessing, card_to_text
from segdemo.labels import LABEL_SETS


def make_score(label_set: str = "street", **fields: Any) -> MeasuredScore:
    """A score in which every class got the same IoU, but for the last, which does not occur."""
    mean_iou = fields.get("mean_iou", 0.5)
    *present, absent = LABEL_SETS[label_set].class_names
    return MeasuredScore(
        **{
            "data": "Made-up val",
            "images": 12,
            "mean_iou": mean_iou,
            "pixel_accuracy": 0.875,
            "iou_per_class": {**dict.fromkeys(present, mean_iou), absent: None},
            **fields,
        }
    )


def make_card(architecture: str = "unet", label_set: str = "street", **fields: Any) -> Card:
    return Card(
        **{
            "model_id": f"{architecture}-{label_set}",
            "architecture": architecture,
            "label_set": label_set,
            "class_names": LABEL_SETS[label_set].class_names,
            "preprocessing": Preprocessing((0.5, 0.4, 0.3), (0.2, 0.25, 0.5), 512),
            "licence": "CC0-1.0",
            "data": "Made-up photos",
            "recipe": {"epochs": 3, "training_seconds": 150.0, "crop_shape": [240, 320]},
            "limits": "Knows nothing: it is made up.",
            "parameters": 3_460_000,
            "multiply_adds": 6_360_000_000,
            "cost_shape": (360, 480),
            "scores": (make_score(label_set),),
            **fields,
        }
    )


def write_model(weights_dir: Path, card: Card, *, onnx: bytes | None = None) -> Path:
    """Write a model's ``.safetensors`` file, and contents for an ``.onnx`` file beside it."""
    path = weights_dir / f"{card.model_id}.safetensors"
    write_header(path, {CARD_KEY: card_to_text(card)})
    if onnx is not None:
        path.with_suffix(".onnx").write_bytes(onnx)
    return path


def write_header(path: Path, metadata: dict[str, str] | None) -> None:
    """Write a ``.safetensors`` file of one value with this metadata in its header."""
    save_file({"weight": np.zeros(1, np.float32)}, path, metadata=metadata)
