"""Numbers as strict JSON and CSV have them."""

import math


def nan_to_none(value: float) -> float | None:
    """Give a number, or None in place of NaN, which JSON does not know."""
    return None if math.isnan(value) else value
