"""Counts per class that add up over images: what a metric has before it divides."""

import dataclasses
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True, eq=False)
class ClassCounts:
    """Base of the counts that one image gives and that add up to those of a dataset.

    A child declares its fields: arrays whose first axis is the class, or plain numbers. All
    are sums, so the counts of many images are ``first + second + ...``, and those of many
    machines are the sums of each field.

    Raises:
        ValueError: If the arrays differ in their number of classes, one holds neither int64
            nor float64, or anything is below 0 or not finite.
    """

    def __post_init__(self) -> None:
        """Check every field, and make each array a read-only copy."""
        lengths = set()
        for name, value in self._items():
            if isinstance(value, np.ndarray):
                if value.dtype not in (np.int64, np.float64) or not value.ndim:
                    raise ValueError(
                        f"{name} must hold int64 or float64 per class, got dtype {value.dtype}, "
                        f"shape {value.shape}"
                    )
                lengths.add(len(value))
                value = value.copy()
                value.flags.writeable = False
                object.__setattr__(self, name, value)
            if not np.all(np.isfinite(value)) or np.any(value < 0):
                raise ValueError(f"{name} must hold sums, finite and not below 0, got {value}")
        if len(lengths) != 1 or 0 in lengths:
            raise ValueError(
                f"all arrays must have one entry per class, at least one, got {sorted(lengths)}"
            )

    def __add__(self, other: Self) -> Self:
        """Counts of the images of both."""
        if type(other) is not type(self):
            return NotImplemented
        if other.num_classes != self.num_classes:
            raise ValueError(
                f"counts must have the same number of classes, got {self.num_classes} and "
                f"{other.num_classes}"
            )
        theirs = dict(other._items())
        return type(self)(**{name: value + theirs[name] for name, value in self._items()})

    @property
    def num_classes(self) -> int:
        """Number of classes, background included."""
        return next(len(value) for _, value in self._items() if isinstance(value, np.ndarray))

    def _items(self) -> list[tuple[str, np.ndarray | float]]:
        return [(field.name, getattr(self, field.name)) for field in dataclasses.fields(self)]
