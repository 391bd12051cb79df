"""Training and publishing a model by its recipe, from its name alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from segdemo.card import Card, MeasuredScore
from segdemo.engines.engine import Engine
from segdemo.engines.torch import TorchEngine
from segdemo.errors import UnknownNameError, WeightsError
from segdemo.evaluation import Pair, evaluate, find_pairs
from segdemo.labels import LabelSet, load_label_set
from segdemo.metrics import Scores
from segdemo.models import list_architectures
from segdemo.predictor import Predictor
from segdemo.training.initial import has_backbone
from segdemo.training.loop import TrainingPairs, train
from segdemo.training.pretrained import preprocessing
from segdemo.training.publish import (
    COST_SHAPE,
    count_multiply_adds,
    count_parameters,
    publish,
)
from segdemo.training.recipes import Recipe, Source, load_source
from segdemo.training.run_folder import load_run
from segdemo.training.settings import RunSettings

TUNING_PREFIX = "backbone"
"""What stands in place of an architecture in the name of a run that tunes a backbone."""


_VAL_NOTE = " Settings were chosen on the validation photos, which were then trained on too."


@dataclass(frozen=True)
class Plan:
    """What a name asks to train.

    Args:
        architecture: Network to train.
        labels: Label set to train on.
        source: Data of the label set.
        recipe: How to train.
        starts_tuned: Whether the run starts from the label set's tuned backbone.
    """

    architecture: str
    labels: LabelSet
    source: Source
    recipe: Recipe
    starts_tuned: bool


def plan_of(name: str) -> Plan:
    """Say what a name asks to train.

    Args:
        name: ``<architecture>-<label set>`` for a model, ``backbone-<label set>`` for the first
            stage, which tunes the backbone that the models start from.

    Returns:
        The recipe and its data.

    Raises:
        UnknownNameError: If the architecture or the label set does not exist.
    """
    prefix, dash, label_set_id = name.partition("-")
    if dash and prefix == TUNING_PREFIX:
        source = load_source(label_set_id)
        labels = load_label_set(label_set_id)
        return Plan(source.tuning_architecture, labels, source, source.tuning, starts_tuned=False)
    architecture, labels = split_model_id(name)
    source = load_source(labels.id)
    if has_backbone(architecture):
        return Plan(architecture, labels, source, source.recipe, starts_tuned=True)
    recipe = replace(source.tuning, epochs=source.scratch_epochs)
    return Plan(architecture, labels, source, recipe, starts_tuned=False)


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
    name: str,
    *,
    data_dir: Path,
    settings: RunSettings,
    report: Callable[[str], None],
    tuned_dir: Path | None = None,
    epochs: int | None = None,
    hold_out_val: bool = False,
) -> nn.Module:
    """Train what a name asks for as its recipe says, or resume that run.

    Args:
        name: See ``plan_of``.
        data_dir: Folder that holds the splits named in ``recipes.SOURCES``.
        settings: Where the run lives and computes.
        report: Takes a line of progress.
        tuned_dir: Folder of the finished run that tuned the backbone; the run of that name
            beside this one by default.
        epochs: Passes over the training photos, if not the recipe's own number.
        hold_out_val: Whether the validation photos are left out even where the recipe trains a
            final model on them too.

    Returns:
        The averaged network, in eval mode, on the CPU.

    Raises:
        WeightsError: If the backbone's run is missing or has not ended.
    """
    plan = plan_of(name)
    recipe = replace(
        plan.recipe,
        epochs=epochs or plan.recipe.epochs,
        with_val=plan.recipe.with_val and not hold_out_val,
    )
    pairs = _training_pairs(plan.source, recipe, data_dir)
    val_pairs = pairs_of_split(data_dir / plan.source.val)
    backbone, about = None, {}
    if plan.starts_tuned:
        tuning = f"{TUNING_PREFIX}-{plan.labels.id}"
        backbone, note = _tuned_backbone(
            tuned_dir or settings.run_dir.parent / tuning,
            architecture=plan.source.tuning_architecture,
            labels=plan.labels,
        )
        about = {"tuning": note}

    def validate(network: nn.Module) -> Scores:
        predictor = Predictor(
            model_id=name,
            labels=plan.labels,
            preprocessing=preprocessing(recipe.longest_side_px),
            engine=TorchEngine(network, settings.device),
        )
        return evaluate(predictor, val_pairs).scores

    return train(
        plan.architecture,
        pairs=pairs,
        labels=plan.labels,
        recipe=recipe,
        settings=settings,
        validate=None if recipe.with_val else validate,
        report=report,
        backbone=backbone,
        about=about,
    )


def _tuned_backbone(
    run_dir: Path, *, architecture: str, labels: LabelSet
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of the first stage's backbone, and what cards say of that stage."""
    if not run_dir.exists():
        raise WeightsError(
            f"There is no tuned backbone in '{run_dir}'. First run: python -m segdemo train "
            f"{TUNING_PREFIX}-{labels.id}"
        )
    run = load_run(run_dir, architecture=architecture, labels=labels)
    note = {
        "architecture": architecture,
        "epochs": run.recipe["epochs"],
        "training_seconds": round(run.seconds),
        "commit": run.made_with["commit"],
    }
    return run.network.get_submodule("backbone").state_dict(), note


def _training_pairs(source: Source, recipe: Recipe, data_dir: Path) -> TrainingPairs:
    splits = [source.train, source.val] if recipe.with_val else [source.train]
    partial = source.partial if recipe.with_partial else None
    return TrainingPairs(
        whole=[pair for split in splits for pair in pairs_of_split(data_dir / split)],
        partial=pairs_of_split(data_dir / partial) if partial else [],
        looked_for=source.looked_for,
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
        data=source.data + _VAL_NOTE * run.recipe["with_val"],
        recipe={
            **run.recipe,
            **run.made_with,
            **run.about,
            "training_seconds": round(run.seconds),
        },
        limits=source.limits_of(architecture),
        parameters=count_parameters(run.network),
        multiply_adds=count_multiply_adds(run.network),
        cost_shape=COST_SHAPE,
        scores=(),
    )
    splits = {} if run.recipe["with_val"] else {"val": source.val}
    splits |= {"test": source.test} if source.test else {}
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
