"""How long models take: measured by ``bench``, kept beside the weights, read by the tables."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from segdemo.errors import WeightsError
from segdemo.zoo import WEIGHTS_DIR

TIMINGS_FILE = "timings.json"
"""Name of the file, in the folder of the weights."""


@dataclass(frozen=True)
class Timings:
    """Median times of one run of ``bench``: photo in, label map of the photo's size out.

    Times of different runs or machines do not compare; those in here do.

    Args:
        processor: The machine's kind of processor.
        cores: Cores in use.
        photo_size: Width and height of the photo in pixels.
        reference: What the reference is.
        reference_ms: Its time in milliseconds.
        model_ms: Model id to its time in milliseconds.

    Raises:
        ValueError: If a time is not positive and finite.
    """

    processor: str
    cores: int
    photo_size: tuple[int, int]
    reference: str
    reference_ms: float
    model_ms: dict[str, float]

    def __post_init__(self) -> None:
        times = (self.reference_ms, *self.model_ms.values())
        if not all(math.isfinite(time) and time > 0 for time in times):
            raise ValueError(f"times must be positive and finite, got {times}")


def write_timings(timings: Timings, weights_dir: Path = WEIGHTS_DIR) -> Path:
    """Write timings beside the weights; returns the file's path."""
    path = weights_dir / TIMINGS_FILE
    path.write_text(json.dumps(asdict(timings), indent=1) + "\n", "utf-8")
    return path


def read_timings(weights_dir: Path = WEIGHTS_DIR) -> Timings | None:
    """Read the timings beside the weights; None if nothing was timed yet.

    Raises:
        WeightsError: If the file is damaged.
    """
    path = weights_dir / TIMINGS_FILE
    if not path.exists():
        return None
    try:
        fields = json.loads(path.read_text("utf-8"))
        width, height = fields["photo_size"]
        return Timings(**{**fields, "photo_size": (int(width), int(height))})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WeightsError(
            f"The file '{path.name}' beside the weights is damaged. Write it anew: "
            f"python -m segdemo bench --write"
        ) from error
