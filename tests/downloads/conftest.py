"""What the tests of downloads share."""

from collections.abc import Iterator

import pytest

from tests.publisher import Publisher, publishing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as shelf:
        yield shelf
