"""Made-up models for tests: cards, and weights files that hold one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from safetensors.numpy import load_file, save_file

from segdemo.card import CARD_KEY, Card, MeasuredScore, Preprocessing, card_to_text
from segdemo.labels import LABEL_SETS
from segdemo.zoo import ZooEntry, list_models


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


def bundled_models() -> tuple[ZooEntry, ...]:
    """The models that the table vouches for: a person's own may lie in the same folder."""
    return tuple(entry for entry in list_models() if entry.status == "in the table")


def copy_as_own(entry: ZooEntry, weights_dir: Path, model_id: str) -> None:
    """Write both files of a model under another id, as if a person had trained it."""
    card = replace(entry.card, model_id=model_id)
    path = weights_dir / f"{model_id}.safetensors"
    save_file(load_file(entry.safetensors_path), path, metadata={CARD_KEY: card_to_text(card)})
    assert entry.onnx_path is not None
    graph = onnx.load(entry.onnx_path)
    for prop in graph.metadata_props:
        if prop.key == CARD_KEY:
            prop.value = card_to_text(card)
    onnx.save(graph, path.with_suffix(".onnx"))
