"""What reading a mask gives: the classes, and everything that was found on the way."""

from dataclasses import dataclass, field

import numpy as np

from segdemo.labels import IGNORE_INDEX, Colour

_NAMES_LISTED = 4
"""How many names a sentence lists before it sums up the rest."""


@dataclass(frozen=True)
class Found:
    """A value that a mask file stores, and what it was taken for.

    Args:
        stored: The id or the colour; None where the file says it without a value, as COCO files
            do of pixels outside of all objects.
        name: Name of the class there; None if the value has no meaning.
        became: Name of the class in the label set wanted; None if it became void.
        pixels: How many pixels have it.

    Raises:
        ValueError: If ``pixels`` is below 1, or a value without a meaning became a class.
    """

    stored: int | Colour | None
    name: str | None
    became: str | None
    pixels: int

    def __post_init__(self) -> None:
        if self.pixels < 1:
            raise ValueError(f"pixels must be at least 1, got {self.pixels}")
        if self.name is None and self.became is not None:
            raise ValueError(f"became must be None where name is, got '{self.became}'")


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """A ground truth as class indices, and how it was read.

    Args:
        label_map: Class index per pixel, shape (H, W), uint8; ``IGNORE_INDEX`` where void. The
            field is a read-only view.
        encoding: One phrase that says how the file was understood.
        unknown: Share of pixels, 0 to 1, whose value or colour has no meaning in that encoding;
            they are void in ``label_map``.
        reason: Why it was understood so; empty where it was not read from a file.
        found: The values in the file, the commonest first. Of those without a meaning only the 16
            commonest are listed; ``unknown`` counts them all.
        reading: Id of the reading taken, to ask for it again.
        alternatives: Other readings that fit as well and give other classes, likeliest first:
            id and phrase.
        settled: Whether there is no doubt about the reading: the file's palette tells, or a person
            chose it.
        turned: Whether it was turned to fit a photo that lies on its side in its file.

    Raises:
        ValueError: If ``label_map`` has another shape or dtype, or ``unknown`` is no share.
    """

    label_map: np.ndarray
    encoding: str
    unknown: float
    reason: str = ""
    found: tuple[Found, ...] = field(default=(), repr=False)
    reading: str = ""
    alternatives: tuple[tuple[str, str], ...] = ()
    settled: bool = False
    turned: bool = False

    def __post_init__(self) -> None:
        if self.label_map.ndim != 2 or self.label_map.dtype != np.uint8:
            raise ValueError(
                f"label_map must have shape (H, W) and dtype uint8, got shape "
                f"{self.label_map.shape} and dtype {self.label_map.dtype}"
            )
        if not 0 <= self.unknown <= 1:
            raise ValueError(f"unknown must be within 0 to 1, got {self.unknown}")
        read_only = self.label_map.view()
        read_only.flags.writeable = False
        object.__setattr__(self, "label_map", read_only)

    @property
    def void(self) -> float:
        """Share of pixels, 0 to 1, that count for nothing, unknown ones included."""
        return float(np.mean(self.label_map == IGNORE_INDEX))

    @property
    def summary(self) -> str:
        """How the mask was read, in a few plain sentences."""
        because = f": {self.reason}" if self.reason else ""
        return " ".join([f"Read as {self.encoding}{because}.", *self._notes()])

    def _notes(self) -> list[str]:
        """Sentences on what a reader of the score must know."""
        notes = []
        if self.turned:
            notes.append("It was turned upright as its photo was.")
        if void := self.void:
            notes.append(f"{_percent(void)} of its pixels are void{self._void_names()}.")
        if self.unknown:
            notes.append(
                f"{_percent(self.unknown)} are so because their value or colour has no meaning "
                f"there; resizing and JPEG make such values."
            )
        if self.alternatives and not self.settled:
            others = _listed([phrase for _, phrase in self.alternatives], between="; ")
            notes.append(f"It could also be: {others}.")
        return notes

    def _void_names(self) -> str:
        """The classes that became void, commonest first, in brackets."""
        rows = [row for row in self.found if row.became is None and row.name is not None]
        pixels: dict[str, int] = {}
        for row in rows:
            pixels[str(row.name)] = pixels.get(str(row.name), 0) + row.pixels
        if not set(pixels) - {"void"}:
            return ""
        size = self.label_map.size
        return f" ({_listed([f'{name} {_percent(n / size)}' for name, n in pixels.items()])})"


def _percent(share: float) -> str:
    return "less than 0.1%" if share < 0.001 else f"{share:.1%}"


def _listed(names: list[str], *, between: str = ", ") -> str:
    if len(names) > _NAMES_LISTED:
        rest = len(names) - _NAMES_LISTED + 1
        names = [*names[: _NAMES_LISTED - 1], f"{rest} more"]
    return between.join(names)
