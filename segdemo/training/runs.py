"""Training and publishing a model by its recipe, from its name alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from torch import nn

from segdemo.card import Card, MeasuredScore
from segdemo.engines.engine import Engine
from segdemo.engines.torch import TorchEngine
from segdemo.errors import UnknownNameError
from segdemo.evaluation import Pair, evaluate, find_pairs
from segdemo.labels import LabelSet, load_label_set
from segdemo.metrics import Scores
from segdemo.models import list_architectures
from segdemo.predictor import Predictor
from segdemo.training.loop import RunSettings, train
from segdemo.training.pretrained import preprocessing
from segdemo.training.publish import (
    COST_SHAPE,
    count_multiply_adds,
    count_parameters,
    publish,
)
from segdemo.training.recipes import load_source
from segdemo.training.run_folder import load_run


def split_model_id(model_id: str) -> tuple[str, LabelSet]:
    """Split ``<architecture>-<label set>`` into its parts.

    Raises:
        UnknownNameError: If the architecture or the label set does not exist.
    """
    architecture, dash, label_set_id = model_id.partition("-")
    if not dash or architecture not in list_architectures():
        known = ", ".join(list_architectures())
        raise UnknownNameError(
            f"'{model_id}' names no architecture and label set. Write "
            f"<architecture>-<label set>; the architectures are: {known}."
        )
    return architecture, load_label_set(label_set_id)


def pairs_of_split(split_dir: Path) -> list[Pair]:
    """The pairs of one split: a folder that holds ``images`` and ``masks``."""
    return find_pairs(split_dir / "images", split_dir / "masks")


def train_by_recipe(
    model_id: str,
    *,
    data_dir: Path,
    settings: RunSettings,
    report: Callable[[str], None],
    epochs: int | None = None,
) -> nn.Module:
    """Train a model as its label set's recipe says, or resume that run.

    Args:
        model_id: ``<architecture>-<label set>``.
        data_dir: Folder that holds the splits named in ``recipes.SOURCES``.
        settings: Where the run lives and computes.
        report: Takes a line of progress.
        epochs: Passes over the training photos, if not the recipe's own number.

    Returns:
        The averaged network, in eval mode, on the CPU.
    """
    architecture, labels = split_model_id(model_id)
    source = load_source(labels.id)
    recipe = source.recipe if epochs is None else replace(source.recipe, epochs=epochs)
    val_pairs = pairs_of_split(data_dir / source.val)

    def validate(network: nn.Module) -> Scores:
        predictor = Predictor(
            model_id=model_id,
            labels=labels,
            preprocessing=preprocessing(recipe.longest_side_px),
            engine=TorchEngine(network, settings.device),
        )
        return evaluate(predictor, val_pairs).scores

    return train(
        architecture,
        pairs=pairs_of_split(data_dir / source.train),
        labels=labels,
        recipe=recipe,
        settings=settings,
        validate=validate,
        report=report,
    )


def publish_by_recipe(model_id: str, *, data_dir: Path, run_dir: Path, weights_dir: Path) -> Card:
    """Score a finished run on its splits and write the model's two files.

    Args:
        model_id: ``<architecture>-<label set>``.
        data_dir: Folder that holds the splits named in ``recipes.SOURCES``.
        run_dir: Folder of the run.
        weights_dir: Folder to write to.

    Returns:
        The card, as written.
    """
    architecture, labels = split_model_id(model_id)
    source = load_source(labels.id)
    run = load_run(run_dir, architecture=architecture, labels=labels)
    card = Card(
        model_id=model_id,
        architecture=architecture,
        label_set=labels.id,
        class_names=labels.class_names,
        preprocessing=preprocessing(run.recipe["longest_side_px"]),
        licence=source.licence,
        data=source.data,
        recipe={**run.recipe, **run.made_with, "training_seconds": round(run.seconds)},
        limits=source.limits,
        parameters=count_parameters(run.network),
        multiply_adds=count_multiply_adds(run.network),
        cost_shape=COST_SHAPE,
        scores=(),
    )
    splits = {"val": source.val} | ({"test": source.test} if source.test else {})
    pairs = {
        f"{source.name} {split}": pairs_of_split(data_dir / path) for split, path in splits.items()
    }

    def measure(engine: Engine) -> tuple[MeasuredScore, ...]:
        predictor = Predictor(model_id, labels, card.preprocessing, engine)
        return tuple(measured_score(predictor, name, split) for name, split in pairs.items())

    return publish(run.network, card, weights_dir, measure=measure)


def measured_score(predictor: Predictor, name: str, pairs: Sequence[Pair]) -> MeasuredScore:
    """Score a model on a split, in the form that a card holds."""
    scores = evaluate(predictor, pairs).scores
    fields = scores.to_json()
    return MeasuredScore(
        data=name,
        images=len(pairs),
        mean_iou=round(scores.mean_iou, 4),
        pixel_accuracy=round(scores.pixel_accuracy, 4),
        iou_per_class={
            class_name: None if value is None else round(value, 4)
            for class_name, value in fields["iou_per_class"].items()
        },
    )
