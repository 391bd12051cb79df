"""The training loss against PyTorch's own, and at its edges."""

from typing import get_args

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from segdemo.labels import IGNORE_INDEX
from segdemo.training.losses import (
    NOT_LOOKED_FOR,
    RegionKind,
    class_weights,
    region_loss,
    segmentation_loss,
)

NUM_CLASSES = 5
EQUAL = torch.ones(NUM_CLASSES)
region_kinds = pytest.mark.parametrize("kind", get_args(RegionKind))
UNEQUAL = torch.tensor([0.3, 1.0, 2.5, 0.0, 4.0])


def random_case(
    shape: tuple[int, int] = (8, 12), *, void_share: float = 0.3
) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(2, NUM_CLASSES, *shape, generator=generator)
    target = torch.randint(0, NUM_CLASSES, (2, 8, 12), generator=generator)
    target[torch.rand(target.shape, generator=generator) < void_share] = IGNORE_INDEX
    return logits.requires_grad_(), target


# --- weights ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequencies", "exponent", "expected"),
    [
        ([0.5, 0.25, 0.25], 1.0, [0.5, 1, 1]),
        ([0.8, 0.16, 0.04], 1.0, [0.2, 1, 4]),
        ([0.8, 0.16, 0.04], 0.5, [0.2**0.5, 1, 2]),
        ([0.6, 0.4], 1.0, [5 / 6, 5 / 4]),  # the median of two lies between them
        ([1.0], 1.0, [1]),
    ],
)
def test_class_weights_by_hand(
    frequencies: list[float], exponent: float, expected: list[float]
) -> None:
    weights = class_weights(np.array(frequencies), exponent=exponent)

    torch.testing.assert_close(weights, torch.tensor(expected, dtype=torch.float32))


def test_exponent_zero_gives_equal_weights() -> None:
    weights = class_weights(np.array([0.9, 0.09, 0.01]), exponent=0)

    assert weights.tolist() == [1, 1, 1]
    assert weights.dtype == torch.float32


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_a_class_that_never_occurs_weighs_nothing_and_moves_no_median(exponent: float) -> None:
    with_absent = class_weights(np.array([0.5, 0.0, 0.3, 0.2, 0.0]), exponent=exponent)
    without = class_weights(np.array([0.5, 0.3, 0.2]), exponent=exponent)

    assert with_absent[[1, 4]].tolist() == [0, 0]
    assert torch.equal(with_absent[[0, 2, 3]], without)


def test_rarer_classes_weigh_more() -> None:
    weights = class_weights(np.array([0.4, 0.3, 0.2, 0.1]), exponent=0.5)

    assert weights.tolist() == sorted(weights.tolist())
    assert weights[0] < weights[-1]


# --- cross-entropy ---------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [EQUAL, 0.01 * EQUAL, UNEQUAL], ids=["1", "0.01", "unequal"])
@pytest.mark.parametrize("void_share", [0.0, 0.3, 0.9])
def test_the_loss_is_torchs_weighted_mean_over_valid_pixels(
    weights: Tensor, void_share: float
) -> None:
    logits, target = random_case(void_share=void_share)

    loss = segmentation_loss(logits, target, weights=weights)

    expected = F.cross_entropy(logits, target, weight=weights, ignore_index=IGNORE_INDEX)
    assert loss.shape == ()
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("weight", [0.2, 1.0, 3.0])
def test_of_a_single_valid_pixel_the_weight_does_not_matter(weight: float) -> None:
    logits, target = random_case()
    target[:] = IGNORE_INDEX
    target[1, 4, 7] = 2
    weights = torch.full((NUM_CLASSES,), weight)

    loss = segmentation_loss(logits, target, weights=weights)

    torch.testing.assert_close(loss, -logits[1, :, 4, 7].log_softmax(dim=0)[2])


def test_logits_are_enlarged_bilinearly_to_the_targets_size() -> None:
    logits, target = random_case((2, 3))
    enlarged = F.interpolate(logits, size=(8, 12), mode="bilinear", align_corners=False)

    torch.testing.assert_close(
        segmentation_loss(logits, target, weights=UNEQUAL),
        segmentation_loss(enlarged, target, weights=UNEQUAL),
    )


def test_certain_and_right_costs_nothing_and_certain_and_wrong_much() -> None:
    target = torch.tensor([[[0, 1], [2, IGNORE_INDEX]]])
    right = torch.full((1, NUM_CLASSES, 2, 2), -50.0)
    for row, column, label in ((0, 0, 0), (0, 1, 1), (1, 0, 2)):
        right[0, label, row, column] = 50

    assert segmentation_loss(right, target, weights=EQUAL) == pytest.approx(0)
    assert segmentation_loss(-right, target, weights=EQUAL) > 50


def test_what_void_pixels_look_like_does_not_matter() -> None:
    logits, target = random_case()
    changed = logits.detach().clone()
    changed[:, 1].masked_fill_(target == IGNORE_INDEX, 1e4)

    torch.testing.assert_close(
        segmentation_loss(changed, target, weights=UNEQUAL),
        segmentation_loss(logits, target, weights=UNEQUAL),
    )


@pytest.mark.parametrize("label", [IGNORE_INDEX, 3], ids=["void", "weightless"])
def test_a_batch_with_nothing_to_learn_costs_zero_and_pulls_nowhere(label: int) -> None:
    logits, target = random_case()
    target[:] = label  # class 3 has weight 0

    loss = segmentation_loss(logits, target, weights=UNEQUAL)
    loss.backward()

    assert loss == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_the_gradient_pulls_only_at_valid_pixels() -> None:
    logits, target = random_case()

    segmentation_loss(logits, target, weights=EQUAL).backward()

    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    pulled = logits.grad.abs().sum(dim=1) > 0
    assert torch.equal(pulled, target != IGNORE_INDEX)


def test_following_the_gradient_lowers_the_loss() -> None:
    logits, target = random_case((2, 3))
    loss = segmentation_loss(logits, target, weights=UNEQUAL)
    loss.backward()
    assert logits.grad is not None

    better = segmentation_loss(logits - 0.1 * logits.grad, target, weights=UNEQUAL)

    assert better < loss


# --- smoothing and hard pixels ---------------------------------------------------------------


def test_label_smoothing_is_torchs() -> None:
    logits, target = random_case()

    loss = segmentation_loss(logits, target, weights=EQUAL, label_smoothing=0.1)

    expected = F.cross_entropy(logits, target, ignore_index=IGNORE_INDEX, label_smoothing=0.1)
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("share", [0.05, 0.25, 0.9])
def test_only_the_hardest_share_of_the_valid_pixels_counts(share: float) -> None:
    logits, target = random_case()
    per_pixel = F.cross_entropy(logits, target, ignore_index=IGNORE_INDEX, reduction="none")
    of_valid = per_pixel[target != IGNORE_INDEX].sort(descending=True).values
    hardest = of_valid[: max(1, round(share * len(of_valid)))]

    loss = segmentation_loss(logits, target, weights=EQUAL, hard_share=share)

    torch.testing.assert_close(loss, hardest.mean())


def test_hard_pixels_of_a_void_batch_cost_nothing() -> None:
    logits, target = random_case()
    target[:] = IGNORE_INDEX

    assert segmentation_loss(logits, target, weights=EQUAL, hard_share=0.2) == 0


# --- partly labelled photos ------------------------------------------------------------------

LOOKED_FOR = torch.tensor([False, False, True, False, True])


def test_a_pixel_that_is_none_of_the_looked_for_may_be_any_other() -> None:
    logits, target = random_case()
    target[:] = IGNORE_INDEX
    target[0, 1, 2] = NOT_LOOKED_FOR

    loss = segmentation_loss(logits, target, weights=EQUAL, looked_for=LOOKED_FOR)

    probs = logits[0, :, 1, 2].softmax(dim=0)
    torch.testing.assert_close(loss, -(probs[0] + probs[1] + probs[3]).log())


def test_whole_and_partial_pixels_count_alike() -> None:
    logits, target = random_case(void_share=0)
    open_pixels = torch.zeros_like(target, dtype=torch.bool)
    open_pixels[0, :4] = True
    both = target.masked_fill(open_pixels, NOT_LOOKED_FOR)

    loss = segmentation_loss(logits, both, weights=EQUAL, looked_for=LOOKED_FOR)

    labelled = F.cross_entropy(logits, target, reduction="none")[~open_pixels]
    others = -logits.softmax(dim=1)[:, ~LOOKED_FOR].sum(dim=1).log()[open_pixels]
    torch.testing.assert_close(loss, torch.cat([labelled, others]).mean())


def test_partial_pixels_push_down_the_looked_for_classes_only() -> None:
    logits = torch.zeros(1, NUM_CLASSES, 1, 1, requires_grad=True)
    target = torch.full((1, 1, 1), NOT_LOOKED_FOR)

    segmentation_loss(logits, target, weights=EQUAL, looked_for=LOOKED_FOR).backward()

    assert logits.grad is not None
    assert torch.equal(logits.grad.flatten() > 0, LOOKED_FOR)


# --- regions ---------------------------------------------------------------------------------


def test_region_loss_by_hand() -> None:
    probs = torch.tensor([[[[0.8, 0.4]], [[0.2, 0.6]], [[0.0, 0.0]]]])  # (1, 3, 1, 2)
    target = torch.tensor([[[0, 1]]])

    loss = region_loss(probs.log(), target)

    # Class 0: 0.8 / (1.2 + 1 - 0.8); class 1: 0.6 / (0.8 + 1 - 0.6); class 2 does not occur.
    assert loss == pytest.approx(1 - (0.8 / 1.4 + 0.6 / 1.2) / 2)


def test_dice_by_hand() -> None:
    probs = torch.tensor([[[[0.8, 0.4]], [[0.2, 0.6]], [[0.0, 0.0]]]])  # (1, 3, 1, 2)
    target = torch.tensor([[[0, 1]]])

    loss = region_loss(probs.log(), target, kind="dice")

    # Class 0: 2 * 0.8 / (1.2 + 1); class 1: 2 * 0.6 / (0.8 + 1); class 2 does not occur.
    assert loss == pytest.approx(1 - (1.6 / 2.2 + 1.2 / 1.8) / 2)


def test_dice_against_a_loop_over_classes() -> None:
    logits, target = random_case()
    probs = logits.detach().softmax(dim=1)
    valid = target != IGNORE_INDEX
    scores = []
    for label in range(NUM_CLASSES):
        truth = target == label
        together = probs[:, label][truth].sum()
        scores.append(2 * together / (probs[:, label][valid].sum() + truth.sum()))

    loss = region_loss(logits, target, kind="dice")

    torch.testing.assert_close(loss, 1 - torch.stack(scores).mean())


@region_kinds
def test_void_pixels_are_in_no_region(kind: RegionKind) -> None:
    logits, target = random_case()
    changed = logits.detach().clone()
    changed[:, 1].masked_fill_(target == IGNORE_INDEX, 50.0)

    torch.testing.assert_close(
        region_loss(changed, target, kind=kind), region_loss(logits, target, kind=kind)
    )


@region_kinds
def test_regions_certain_and_right_cost_nothing_and_wrong_ones_all(kind: RegionKind) -> None:
    target = torch.tensor([[[0, 1, 2, 3, 4]]])
    right = 100 * F.one_hot(target, NUM_CLASSES).permute(0, 3, 1, 2).float()

    assert region_loss(right, target, kind=kind) == pytest.approx(0)
    assert region_loss(right.roll(1, dims=1), target, kind=kind) == pytest.approx(1)


@region_kinds
def test_regions_of_a_void_batch_cost_zero_and_pull_nowhere(kind: RegionKind) -> None:
    logits, target = random_case()
    target[:] = IGNORE_INDEX

    loss = region_loss(logits, target, kind=kind)
    loss.backward()

    assert loss == 0
    assert logits.grad is not None
    assert not logits.grad.any()


@region_kinds
def test_the_region_loss_is_added_with_its_weight(kind: RegionKind) -> None:
    logits, target = random_case()

    loss = segmentation_loss(logits, target, weights=EQUAL, region_weight=0.7, region_kind=kind)

    alone = segmentation_loss(logits, target, weights=EQUAL)
    expected = alone + 0.7 * region_loss(logits, target, kind=kind)
    torch.testing.assert_close(loss, expected)
