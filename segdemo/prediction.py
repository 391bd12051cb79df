"""The result of segmenting one photo: what views, metrics, exports and the page read."""

from dataclasses import dataclass

import numpy as np

from segdemo.labels import LabelSet


@dataclass(frozen=True)
class Timing:
    """Seconds that each step of one prediction took.

    Args:
        preprocess_s: Resizing and normalising the photo.
        network_s: Running the network.
        postprocess_s: Bringing logits to the photo's size, classes and confidence.
    """

    preprocess_s: float
    network_s: float
    postprocess_s: float

    @property
    def total_s(self) -> float:
        """Seconds of all steps together."""
        return self.preprocess_s + self.network_s + self.postprocess_s


@dataclass(frozen=True, eq=False)
class Logits:
    """What the network gave before it was enlarged to the photo's size: a few hundred kilobytes.

    Its array becomes read-only.

    Args:
        values: Shape (C, h, w), float32.
        used: Share of the height h and the width w, from the top left, that shows the photo; the
            rest is padding. Each above 0, at most 1.

    Raises:
        ValueError: If shape, dtype or range are not as stated.
    """

    values: np.ndarray
    used: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or self.values.dtype != np.float32:
            raise ValueError(
                f"values must have shape (C, h, w) and dtype float32, got shape "
                f"{self.values.shape} and dtype {self.values.dtype}"
            )
        if not all(0 < share <= 1 for share in self.used):
            raise ValueError(f"used must be two numbers above 0 and at most 1, got {self.used}")
        self.values.flags.writeable = False


@dataclass(frozen=True, eq=False)
class Prediction:
    """The classes of one photo's pixels, with how sure the network was.

    Its arrays become read-only.

    Args:
        model_id: Model that made it, such as ``deeplabv3plus-street``.
        labels: Label set of the model.
        label_map: Class index per pixel, shape (H, W) of the photo, uint8, 0..C-1.
        confidence: Softmax probability of that class, shape (H, W), float32, in [0, 1].
        network_shape: Height and width in pixels at which the network saw the photo.
        timing: What took how long.
        logits: What both were made from, one plane per class; None where only they are known.

    Raises:
        ValueError: If shapes, dtypes or ranges are not as stated.
    """

    model_id: str
    labels: LabelSet
    label_map: np.ndarray
    confidence: np.ndarray
    network_shape: tuple[int, int]
    timing: Timing
    logits: Logits | None = None

    def __post_init__(self) -> None:
        if self.label_map.ndim != 2 or self.label_map.dtype != np.uint8:
            raise ValueError(
                f"label_map must have shape (H, W) and dtype uint8, got shape "
                f"{self.label_map.shape} and dtype {self.label_map.dtype}"
            )
        if self.confidence.shape != self.label_map.shape or self.confidence.dtype != np.float32:
            raise ValueError(
                f"confidence must have label_map's shape {self.label_map.shape} and dtype "
                f"float32, got shape {self.confidence.shape} and dtype {self.confidence.dtype}"
            )
        sure = self.confidence
        # Not 'below 0 or above 1': a comparison with NaN is false, and NaN must not pass.
        if sure.size and not (sure.min() >= 0 and sure.max() <= 1):
            raise ValueError(f"confidence must be within 0 to 1, got {sure.min()} to {sure.max()}")
        if self.label_map.size and int(self.label_map.max()) >= self.labels.num_classes:
            raise ValueError(
                f"label_map must hold classes 0 to {self.labels.num_classes - 1}, "
                f"got {int(self.label_map.max())}"
            )
        if self.logits and len(self.logits.values) != self.labels.num_classes:
            raise ValueError(
                f"logits must have {self.labels.num_classes} planes, one per class, got "
                f"{len(self.logits.values)}"
            )
        self.label_map.flags.writeable = False
        self.confidence.flags.writeable = False

    def require_logits(self) -> Logits:
        """Give the logits.

        Raises:
            ValueError: If the prediction was made without them.
        """
        if self.logits is None:
            raise ValueError("prediction must hold logits, got none")
        return self.logits

    @property
    def shares(self) -> np.ndarray:
        """Share of the pixels per class, shape (num_classes,), float64, sums to 1."""
        counts = np.zeros(self.labels.num_classes, dtype=np.int64)
        # In strips: counting copies its input as int64, eight times the size of a label map.
        for strip in np.array_split(self.label_map.ravel(), 1 + (self.label_map.size >> 20)):
            counts += np.bincount(strip, minlength=self.labels.num_classes)
        return counts / self.label_map.size
