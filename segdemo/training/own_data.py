"""Training a model on a person's own photos and publishing it, from one plan."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn

from segdemo.card import Card, MeasuredScore
from segdemo.engines.engine import Engine
from segdemo.engines.torch import TorchEngine
from segdemo.errors import DataError
from segdemo.evaluation import Pair, evaluate, find_pairs
from segdemo.label_file import label_set_to_fields
from segdemo.labels import LABEL_SETS, LabelSet
from segdemo.masks import common_reading
from segdemo.metrics import Scores
from segdemo.predictor import Predictor
from segdemo.training.initial import find_start, resolve_init, start_network
from segdemo.training.look import write_look
from segdemo.training.loop import TrainingPairs, train
from segdemo.training.own_plan import OwnPlan, check_plan, own_recipe
from segdemo.training.pretrained import preprocessing
from segdemo.training.publish import (
    COST_SHAPE,
    count_multiply_adds,
    count_parameters,
    publish,
)
from segdemo.training.recipes import Recipe
from segdemo.training.run_folder import CurveLine, load_run
from segdemo.training.runs import measured_score
from segdemo.training.settings import RunSettings
from segdemo.training.survey import survey
from segdemo.zoo import BUNDLED_DIR

_FEWEST_PER_PROCESS = 2
"""Batch normalisation after global pooling has one value per photo, and needs several."""


def train_on_own_data(
    plan: OwnPlan, *, settings: RunSettings, report: Callable[[str], None]
) -> Card | None:
    """Train a model on own data, or go on with the interrupted run, and publish it.

    Args:
        plan: What to train.
        settings: Where the run lives and computes.
        report: Takes a line of progress.

    Returns:
        The card of the published model; None in the processes that only help to train it.

    Raises:
        SegdemoError: If a name, a folder, a file or a setting does not do; before training starts
            as far as it can be known.
    """
    check_plan(plan)
    folders, labels, team = plan.folders, plan.labels, settings.team
    pairs = find_pairs(folders.images, folders.masks)
    val_pairs = find_pairs(folders.val_images, folders.val_masks)
    init = resolve_init(plan.init, plan.architecture)
    entry = find_start(init, (plan.out.parent, BUNDLED_DIR))
    recipe = own_recipe(len(pairs), init=init, changes=plan.changes)
    if min(recipe.batch_size, len(pairs)) < _FEWEST_PER_PROCESS * team.size:
        raise DataError(
            f"A step needs at least {_FEWEST_PER_PROCESS} photos in each process. Use more photos "
            f"or a larger --batch-size."
        )
    if plan.out.exists() and not (settings.run_dir / "checkpoint.pt").exists():
        raise DataError(f"'{plan.out}' exists already. Choose another name or delete it.")
    if team.leads:
        for kind, split in (("training", pairs), ("validation", val_pairs)):
            report(survey(split, labels).sentence(kind))

    def start(network: nn.Module) -> None:
        start_network(
            network,
            architecture=plan.architecture,
            labels=labels,
            init=init,
            entry=entry,
            report=report if team.leads else _silent,
        )

    reading = common_reading((pair.mask_path for pair in val_pairs), labels)
    validation = _Validation(plan.model_id, labels, recipe, settings, val_pairs, reading)
    network = train(
        plan.architecture,
        pairs=TrainingPairs(pairs),
        labels=labels,
        recipe=recipe,
        settings=settings,
        validate=validation.validate,
        report=report,
        start=start,
        look=validation.look,
        about={
            "init": init,
            "label_set": label_set_to_fields(labels),
            "photos": _fingerprint(pairs),
        },
    )
    if not team.leads:
        return None
    report("Publishing.")
    return _publish(plan, network, init=init, pairs=pairs, val_pairs=val_pairs, settings=settings)


def _fingerprint(pairs: Sequence[Pair]) -> str:
    """What tells one set of photos from another in a run's notes: the hash of their names."""
    names = "\n".join(pair.stem for pair in pairs)
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def _silent(_: str) -> None: ...


@dataclass(frozen=True)
class _Validation:
    """Scores and shows what a network in training makes of the validation photos."""

    model_id: str
    labels: LabelSet
    recipe: Recipe
    settings: RunSettings
    pairs: Sequence[Pair]
    reading: str | None

    def validate(self, network: nn.Module) -> Scores:
        return evaluate(self._predictor(network), self.pairs, reading=self.reading).scores

    def look(self, network: nn.Module, curve: Sequence[CurveLine]) -> None:
        write_look(
            self.settings.run_dir,
            self._predictor(network),
            self.pairs,
            curve=curve,
            reading=self.reading,
        )

    def _predictor(self, network: nn.Module) -> Predictor:
        return Predictor(
            model_id=self.model_id,
            labels=self.labels,
            preprocessing=preprocessing(self.recipe.longest_side_px),
            engine=TorchEngine(network, self.settings.device),
        )


def _publish(
    plan: OwnPlan,
    network: nn.Module,
    *,
    init: str,
    pairs: Sequence[Pair],
    val_pairs: Sequence[Pair],
    settings: RunSettings,
) -> Card:
    labels = plan.labels
    run = load_run(settings.run_dir, architecture=plan.architecture, labels=labels)
    texts = plan.texts
    card = Card(
        model_id=plan.model_id,
        architecture=plan.architecture,
        label_set=labels.id,
        class_names=labels.class_names,
        preprocessing=preprocessing(run.recipe["longest_side_px"]),
        licence=texts.licence,
        data=texts.data or f"{len(pairs)} photos of its trainer; started from: {init}.",
        recipe={
            **run.recipe,
            **run.made_with,
            "init": init,
            "training_seconds": round(run.seconds),
        },
        limits=texts.limits,
        parameters=count_parameters(network),
        multiply_adds=count_multiply_adds(network),
        cost_shape=COST_SHAPE,
        scores=(),
        own_labels=None if labels.id in LABEL_SETS else labels,
    )

    def measure(engine: Engine) -> tuple[MeasuredScore, ...]:
        predictor = Predictor(plan.model_id, labels, card.preprocessing, engine)
        return (measured_score(predictor, f"{plan.model_id} val", val_pairs),)

    return publish(network, card, plan.out.parent, measure=measure)
