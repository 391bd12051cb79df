"""What several metrics refuse in the same words."""

import numpy as np


def check_kind(name: str, array: np.ndarray, kinds: str, expected: str) -> None:
    """Refuse what is no array of the expected kind.

    Args:
        name: Argument's name, for the message.
        array: What came.
        kinds: The kinds of dtype that are accepted, as letters of ``dtype.kind``.
        expected: What they are called in the message.

    Raises:
        ValueError: If ``array`` is no NumPy array or of another kind.
    """
    if not isinstance(array, np.ndarray) or array.dtype.kind not in kinds:
        came = getattr(array, "dtype", type(array).__name__)
        raise ValueError(f"{name} must be an array of {expected}, got {came}")


def check_fractions(name: str, values: np.ndarray) -> None:
    """Refuse values outside 0 to 1 and NaN.

    Args:
        name: Argument's name, for the message.
        values: The values, of any shape; float.

    Raises:
        ValueError: If a value is below 0, above 1 or NaN.
    """
    # Not 'below 0 or above 1': a comparison with NaN is false, and NaN must not pass.
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise ValueError(f"{name} must be within 0 to 1, got {values.min()} to {values.max()}")
