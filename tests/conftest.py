"""Options of the test run."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store-outputs",
        action="store_true",
        help="store the outputs of the bundled models anew, after publishing",
    )
