import dataclasses

import numpy as np
import pytest
import segmentation_models_pytorch as smp
import torch
from sklearn.metrics import jaccard_score
from torchmetrics.classification import MulticlassJaccardIndex
from torchmetrics.segmentation import MeanIoU

from segdemo.metrics import confusion_matrix, mean_iou
from segdemo.metrics.conventions import CONVENTIONS, Convention, score_as, score_as_all

NAN = float("nan")
IDS = [convention.id for convention in CONVENTIONS]


def confmats_of(pairs, num_classes):
    return [
        confusion_matrix(np.array(pred), np.array(target), num_classes=num_classes)
        for pred, target in pairs
    ]


# Two images, five classes. Class 3 is only predicted, class 4 only where the truth is void.
TOY = [
    # target 0 on 6 pixels, 1 on 2; one of class 1 is missed
    ([0, 0, 0, 0, 0, 0, 1, 0, 4, 4], [0, 0, 0, 0, 0, 0, 1, 1, 255, 255]),
    # target 0 on 8 pixels, 2 on 2; one of class 0 is taken for 3
    ([0, 0, 0, 0, 0, 0, 0, 3, 2, 2], [0, 0, 0, 0, 0, 0, 0, 0, 2, 2]),
]
# Intersection / union       class 0    1      2      3      4
#   image 1                  6 / 7      1 / 2  -      -      -
#   image 2                  7 / 8      -      2 / 2  0 / 1  -
#   both                     13 / 15    1 / 2  2 / 2  0 / 1  -
POOLED = 13 / 15 + 1 / 2 + 2 / 2 + 0 / 1

TOY_SCORES = {
    "mmsegmentation": POOLED / 4,  # NaN of class 4 passed over by nanmean; FCN's score.py too
    "huggingface": POOLED / 4,
    "torchmetrics_jaccard": POOLED / 4,
    "torchvision": NAN,  # 0 / 0 of class 4 in iu.mean()
    "ade20k": (POOLED + 0) / 5,  # 0 / (0 + 1e-10)
    "paddleseg": (POOLED + 0) / 5,  # iou = 0 where union[i] == 0
    "smp_macro": (POOLED + 1) / 5,  # zero_division=1.0
    "smp_micro": (13 + 1 + 2 + 0) / (15 + 2 + 2 + 1),
    "smp_macro_imagewise": ((6 / 7 + 1 / 2 + 1 + 1 + 1) / 5 + (7 / 8 + 1 + 1 + 0 + 1) / 5) / 2,
    "torchmetrics_mean_iou": (6 / 7 + 1 / 2 + 7 / 8 + 2 / 2 + 0 / 1) / 5,  # 5 pairs
    "ultralytics": (13 / 15 + 1 / 2 + 2 / 2) / 3,  # class 3 has no row
}


@pytest.mark.parametrize("convention", IDS)
def test_two_images_by_hand(convention):
    value = score_as(confmats_of(TOY, 5), convention)
    assert value == pytest.approx(TOY_SCORES[convention], nan_ok=True)


def test_the_same_masks_score_from_0_47_to_0_82():
    values = [value for _, value in score_as_all(confmats_of(TOY, 5))]
    assert np.nanmin(values) == pytest.approx(0.473, abs=5e-4)
    assert np.nanmax(values) == pytest.approx(0.823, abs=5e-4)


def test_the_example_in_the_documentation_of_hugging_face_evaluate():
    # metrics/mean_iou: 'mean_iou': 0.47750000000000004; it predicts 255 where the truth is void
    pairs = [
        ([[1, 2], [3, 4], [5, 0]], [[0, 3], [5, 4], [6, 255]]),
        ([[2, 7], [9, 2], [3, 6]], [[1, 7], [9, 2], [3, 6]]),
        ([[2, 2, 3], [8, 2, 4], [3, 0, 2]], [[1, 2, 2], [8, 2, 1], [3, 255, 1]]),
    ]
    assert score_as(confmats_of(pairs, 10), "huggingface") == pytest.approx(0.4775)


# One row of pixels with 3 classes: what each rule makes of a class that is missing somewhere
ONE_IMAGE = {
    "identical, all classes": ([0, 1, 2], [0, 1, 2], dict.fromkeys(IDS, 1)),
    "disjoint": ([1, 2, 0], [0, 1, 2], dict.fromkeys(IDS, 0)),
    "identical, class 2 absent": (
        [0, 1, 1],
        [0, 1, 1],
        dict.fromkeys(IDS, 1) | {"torchvision": NAN, "ade20k": 2 / 3, "paddleseg": 2 / 3},
    ),
    "class 2 only predicted": (  # IoU 1/2, 1, 0
        [0, 2, 1],
        [0, 0, 1],
        dict.fromkeys(IDS, 1.5 / 3) | {"smp_micro": 2 / 4, "ultralytics": 1.5 / 2},
    ),
    "class 2 never predicted": (  # IoU 1/2, 1, 0
        [0, 0, 1],
        [0, 2, 1],
        dict.fromkeys(IDS, 1.5 / 3) | {"smp_micro": 2 / 4},
    ),
    "ignored pixels leave both sides": (
        [0, 1, 2, 2],
        [0, 1, 2, 255],
        dict.fromkeys(IDS, 1),
    ),
    "nothing valid": (
        [0, 1, 2],
        [255, 255, 255],
        dict.fromkeys(IDS, NAN)
        | {"ade20k": 0, "paddleseg": 0, "ultralytics": 0}
        | {"smp_macro": 1, "smp_macro_imagewise": 1},
    ),
}


@pytest.mark.parametrize("convention", IDS)
@pytest.mark.parametrize("case", ONE_IMAGE.values(), ids=ONE_IMAGE)
def test_one_image(convention, case):
    pred, target, expected = case
    value = score_as(confmats_of([(pred, target)], 3), convention)
    assert value == pytest.approx(expected[convention], nan_ok=True)


# Agreement with the libraries themselves


def random_pair(seed, *, predicted, actual, shape=(9, 11), void=0.2):
    """A prediction and a target of the given classes, equal on about half of the pixels."""
    rng = np.random.default_rng(seed)
    target = rng.choice(actual, size=shape)
    pred = rng.choice(predicted, size=shape)
    keep = (rng.random(shape) < 0.5) & np.isin(target, predicted)
    pred = np.where(keep, target, pred)
    return pred, np.where(rng.random(shape) < void, 255, target)


ALL = list(range(6))
MASKS = {
    "all classes": [random_pair(seed, predicted=ALL, actual=ALL) for seed in range(4)],
    "absent class": [random_pair(seed, predicted=ALL[:4], actual=ALL[:4]) for seed in range(4)],
    "class only predicted": [random_pair(seed, predicted=ALL, actual=ALL[:3]) for seed in range(4)],
    "class never predicted": [
        random_pair(seed, predicted=ALL[:3], actual=ALL) for seed in range(4)
    ],
    "other classes in every image": [
        random_pair(seed, predicted=[seed, seed + 1], actual=[seed, seed + 2]) for seed in range(4)
    ],
    "one class": [random_pair(seed, predicted=[3], actual=[3]) for seed in range(2)],
    "no void": [random_pair(seed, predicted=ALL, actual=ALL, void=0) for seed in range(2)],
    "different sizes": [
        random_pair(seed, predicted=ALL, actual=ALL, shape=(seed + 2, 3)) for seed in range(4)
    ],
    "1x1": [(np.array([[2]]), np.array([[2]])), (np.array([[1]]), np.array([[2]]))],
    "one image all void": [
        random_pair(0, predicted=ALL, actual=ALL),
        random_pair(1, predicted=ALL, actual=ALL, void=1),
    ],
}
ALL_VOID = [random_pair(seed, predicted=ALL, actual=ALL, void=1) for seed in range(2)]


def scikit_learn(pairs):
    """Its macro average is over the labels that occur, the rule of mmsegmentation."""
    pred = np.concatenate([pred.ravel() for pred, _ in pairs])
    target = np.concatenate([target.ravel() for _, target in pairs])
    valid = target != 255
    return jaccard_score(target[valid], pred[valid], average="macro")


def torchmetrics_jaccard(pairs):
    metric = MulticlassJaccardIndex(6, average="macro", ignore_index=255)
    for pred, target in pairs:
        metric.update(torch.from_numpy(pred), torch.from_numpy(target))
    return metric.compute().item()


def torchmetrics_mean_iou(pairs):
    metric = MeanIoU(num_classes=6, input_format="index")
    for pred, target in pairs:
        valid = target != 255  # it has no void label
        metric.update(
            torch.from_numpy(pred[valid]).reshape(1, 1, -1),
            torch.from_numpy(target[valid]).reshape(1, 1, -1),
        )
    return metric.compute().item()


def smp_iou(reduction):
    def score(pairs):
        stats = [
            smp.metrics.get_stats(
                torch.from_numpy(pred)[None],
                torch.from_numpy(target)[None],
                mode="multiclass",
                num_classes=6,
                ignore_index=255,
            )
            for pred, target in pairs
        ]
        joined = [torch.cat(images) for images in zip(*stats, strict=True)]
        return smp.metrics.iou_score(*joined, reduction=reduction).item()

    return score


def torch_bincount(pairs):
    """The reference scripts' ConfusionMatrix of torchvision, which is not in its package."""
    confmat = torch.zeros(36, dtype=torch.int64)
    for pred, target in pairs:
        valid = torch.from_numpy(target.ravel()) < 6
        inside = torch.from_numpy(target.ravel())[valid], torch.from_numpy(pred.ravel())[valid]
        confmat += torch.bincount(6 * inside[0] + inside[1], minlength=36)
    square = confmat.reshape(6, 6).float()
    hits = square.diagonal()
    return (hits / (square.sum(0) + square.sum(1) - hits)).mean().item()


LIBRARIES = {
    "mmsegmentation": scikit_learn,
    "torchmetrics_jaccard": torchmetrics_jaccard,
    "torchmetrics_mean_iou": torchmetrics_mean_iou,
    "smp_macro": smp_iou("macro"),
    "smp_micro": smp_iou("micro"),
    "smp_macro_imagewise": smp_iou("macro-imagewise"),
    "torchvision": torch_bincount,
}


@pytest.mark.parametrize("convention", LIBRARIES)
@pytest.mark.parametrize("pairs", MASKS.values(), ids=MASKS)
def test_agrees_with_the_library(convention, pairs):
    expected = LIBRARIES[convention](pairs)
    value = score_as(confmats_of(pairs, 6), convention)
    assert value == pytest.approx(expected, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("convention", sorted(LIBRARIES.keys() - {"mmsegmentation"}))
def test_agrees_with_the_library_when_nothing_is_valid(convention):
    expected = LIBRARIES[convention](ALL_VOID)
    value = score_as(confmats_of(ALL_VOID, 6), convention)
    assert value == pytest.approx(expected, nan_ok=True)


def brute_force(pairs, num_classes):
    """Every rule, class by class on lists of pixels."""
    pixels = [
        [(p, t) for p, t in zip(pred.ravel(), target.ravel(), strict=True) if t != 255]
        for pred, target in pairs
    ]

    def areas(some):
        return [
            (
                sum(p == t == index for p, t in some),
                sum(index in (p, t) for p, t in some),
                sum(t == index for _, t in some),
            )
            for index in range(num_classes)
        ]

    together = areas([pixel for image in pixels for pixel in image])
    single = [area for image in pixels for area in areas(image)]
    occurring = [i / u for i, u, _ in together if u]
    pooled = np.mean(occurring)
    return {
        "mmsegmentation": pooled,
        "huggingface": pooled,
        "torchmetrics_jaccard": pooled,
        "torchvision": pooled if len(occurring) == num_classes else NAN,
        "ade20k": np.mean([i / u if u else 0 for i, u, _ in together]),
        "paddleseg": np.mean([i / u if u else 0 for i, u, _ in together]),
        "smp_macro": np.mean([i / u if u else 1 for i, u, _ in together]),
        "smp_micro": sum(i for i, _, _ in together) / sum(u for _, u, _ in together),
        "smp_macro_imagewise": np.mean([i / u if u else 1 for i, u, _ in single]),
        "torchmetrics_mean_iou": np.mean([i / u for i, u, _ in single if u]),
        "ultralytics": np.mean([i / u for i, u, t in together if t]),
    }


@pytest.mark.parametrize("pairs", MASKS.values(), ids=MASKS)
def test_agrees_with_a_loop_over_pixels_and_classes(pairs):
    values = {convention.id: value for convention, value in score_as_all(confmats_of(pairs, 6))}
    assert values == pytest.approx(brute_force(pairs, 6), nan_ok=True)


# The interface


def test_the_first_convention_is_that_of_segdemo():
    confmats = confmats_of(TOY, 5)
    assert score_as(confmats, CONVENTIONS[0].id) == mean_iou(sum(confmats))


def test_all_conventions_are_scored_in_their_order():
    confmats = confmats_of(TOY, 5)
    scored = score_as_all(confmats)
    assert [convention for convention, _ in scored] == list(CONVENTIONS)
    for convention, value in scored:
        assert type(value) is float
        assert value == pytest.approx(score_as(confmats, convention.id), nan_ok=True)


def test_every_convention_has_its_own_id_and_title_and_one_sentence():
    assert len(set(IDS)) == len({convention.title for convention in CONVENTIONS}) == len(IDS)
    for convention in CONVENTIONS:
        assert convention.statement.endswith(".")
        assert ". " not in convention.statement


def test_conventions_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONVENTIONS[0].title = "other"
    assert CONVENTIONS[0] == Convention(*dataclasses.astuple(CONVENTIONS[0]))


def test_one_array_of_all_matrices_is_the_same_and_is_not_written_to():
    confmats = confmats_of(TOY, 5)
    stacked = np.array(confmats)
    stacked.flags.writeable = False
    for (_, value), (_, expected) in zip(
        score_as_all(stacked), score_as_all(confmats), strict=True
    ):
        assert value == pytest.approx(expected, nan_ok=True)


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match=r"convention must be one of mmseg.*ultralytics, got voc"):
        score_as(confmats_of(TOY, 5), "voc")


@pytest.mark.parametrize(
    ("confmats", "message"),
    [
        ([], r"at least one matrix, all of one shape, got none"),
        ([np.eye(2, dtype=int), np.eye(3, dtype=int)], r"got \(2, 2\), \(3, 3\)"),
        ([np.zeros((2, 3), dtype=int)], r"shape \(C, C\)"),
        ([np.eye(2)], "integers"),
        ([np.array([[-1, 0], [0, 1]])], "none below 0"),
    ],
    ids=["none", "different sizes", "not square", "floats", "negative"],
)
def test_what_are_no_confusion_matrices_is_refused(confmats, message):
    with pytest.raises(ValueError, match=message):
        score_as(confmats, "mmsegmentation")
    with pytest.raises(ValueError, match=message):
        score_as_all(confmats)
