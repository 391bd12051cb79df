"""What training minimises."""

from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from segdemo.labels import IGNORE_INDEX

RegionKind = Literal["jaccard", "dice"]
"""What the loss per region is one minus of: intersection over union, or Dice."""

NOT_LOOKED_FOR = 254
"""Label of pixels known only to be none of the classes that a partly labelled photo shows."""


def class_weights(frequencies: np.ndarray, *, exponent: float) -> Tensor:
    """Weights that let rare classes count for more.

    Args:
        frequencies: Share of each class among the training pixels, shape (C,).
        exponent: 0 gives equal weights, 1 full median-frequency balancing.

    Returns:
        (median / frequency) ** exponent, shape (C,), float32; 0 for a class that never occurs.

    References:
        Eigen and Fergus, https://arxiv.org/abs/1411.4734, section 6.3.2.
    """
    occurs = frequencies > 0
    median = np.median(frequencies[occurs])
    weights = np.zeros(len(frequencies), dtype=np.float32)
    weights[occurs] = (median / frequencies[occurs]) ** exponent
    return torch.from_numpy(weights)


def segmentation_loss(
    logits: Tensor,
    target: Tensor,
    *,
    weights: Tensor,
    hard_share: float = 1.0,
    label_smoothing: float = 0.0,
    region_weight: float = 0.0,
    region_kind: RegionKind = "jaccard",
    looked_for: Tensor | None = None,
) -> Tensor:
    """Cross-entropy per pixel, plus a loss per region, at the target's size.

    Args:
        logits: Shape (N, C, h, w), float32; enlarged bilinearly to the target's size.
        target: Shape (N, H, W), int64: class indices, the void label, or ``NOT_LOOKED_FOR``.
        weights: Shape (C,), from ``class_weights``.
        hard_share: Share of the valid pixels, those with the largest cross-entropy, that count;
            1 for all.
        label_smoothing: Share of a pixel's target that is spread over all classes.
        region_weight: Weight of ``region_loss`` beside the cross-entropy.
        region_kind: Which one.
        looked_for: Shape (C,), bool: the classes that a partly labelled photo was searched for;
            needed where ``target`` holds ``NOT_LOOKED_FOR``.

    Returns:
        Scalar: the weighted mean over the pixels that count; 0 if there is none.

    References:
        Shrivastava et al., Training Region-based Object Detectors with Online Hard Example
        Mining, https://arxiv.org/abs/1604.03540, section 4. Szegedy et al., Rethinking the
        Inception Architecture, https://arxiv.org/abs/1512.00567, section 7.
    """
    enlarged = F.interpolate(logits, size=target.shape[-2:], mode="bilinear", align_corners=False)
    classes = target.masked_fill(target == NOT_LOOKED_FOR, IGNORE_INDEX)
    per_pixel = F.cross_entropy(
        enlarged,
        classes,
        weight=weights,
        ignore_index=IGNORE_INDEX,
        label_smoothing=label_smoothing,
        reduction="none",
    )
    pixel_weight = F.pad(weights, (0, IGNORE_INDEX + 1 - len(weights)))[classes]
    if looked_for is not None:
        open_pixels = target == NOT_LOOKED_FOR
        per_pixel = per_pixel + open_pixels * _one_of_the_others(enlarged, looked_for)
        pixel_weight = pixel_weight + open_pixels
    if hard_share < 1:
        kept = _hardest(per_pixel, valid=pixel_weight > 0, share=hard_share)
        per_pixel, pixel_weight = per_pixel * kept, pixel_weight * kept
    tiny = torch.finfo(torch.float32).tiny
    loss = per_pixel.sum() / pixel_weight.sum().clamp(min=tiny)
    if region_weight:
        loss = loss + region_weight * region_loss(enlarged, classes, kind=region_kind)
    return loss


def region_loss(logits: Tensor, target: Tensor, *, kind: RegionKind = "jaccard") -> Tensor:
    """One minus the soft overlap of each region, mean over the classes in the target.

    Every class counts the same however few its pixels: what mean IoU measures.

    Args:
        logits: Shape (N, C, H, W), float32.
        target: Shape (N, H, W), int64, class indices or the void label.
        kind: ``jaccard`` divides the intersection by the union; ``dice`` divides it by the mean
            of the two areas, which forgives more.

    Returns:
        Scalar in [0, 1]; 0 if the target holds no class.

    References:
        Rahman and Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image
        Segmentation, ISVC 2016, section 3 (jaccard). Milletari et al., V-Net,
        https://arxiv.org/abs/1606.04797, section 3, but with plain sums below (dice).
    """
    class_indices = torch.arange(logits.shape[1], device=logits.device).view(1, -1, 1, 1)
    truth = target.unsqueeze(1) == class_indices  # (N, C, H, W)
    probs = logits.softmax(dim=1) * (target != IGNORE_INDEX).unsqueeze(1)
    actual = truth.sum(dim=(0, 2, 3))
    intersection = (probs * truth).sum(dim=(0, 2, 3))
    areas = probs.sum(dim=(0, 2, 3)) + actual
    whole = areas - intersection if kind == "jaccard" else areas / 2
    occurs = actual > 0
    if not occurs.any():
        return logits.sum() * 0
    return 1 - (intersection[occurs] / whole[occurs]).mean()


def _one_of_the_others(logits: Tensor, looked_for: Tensor) -> Tensor:
    """Negative log probability that a pixel is of a class that was not looked for: (N, H, W)."""
    return logits.logsumexp(dim=1) - logits[:, ~looked_for].logsumexp(dim=1)


def _hardest(loss: Tensor, *, valid: Tensor, share: float) -> Tensor:
    """The valid pixels with the largest loss, that share of them: bool, the loss's shape."""
    count = max(1, round(share * int(valid.sum())))
    values = loss.detach().masked_fill(~valid, -1).flatten()
    threshold = values.topk(min(count, values.numel()), sorted=False).values.min()
    return valid & (loss.detach() >= threshold)
