import re

import pytest

from segdemo.bench import REFERENCE, bench
from segdemo.zoo import list_models


def test_every_model_is_timed_beside_the_reference() -> None:
    heading, *lines = bench(rounds=1)
    assert heading.startswith("500x375 photo")
    timed = [re.match(r"(.*?) +\d+x\d+ +[\d.]+ ms +([\d.]+) times", line) for line in lines]
    found = {match[1]: float(match[2]) for match in timed if match}
    assert list(found) == [REFERENCE, *(entry.model_id for entry in list_models())]
    assert found[REFERENCE] == pytest.approx(1)
    assert min(found.values()) > 0
