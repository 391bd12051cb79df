"""``conventions``: what other libraries print for masks small enough to check by hand."""

import argparse
import sys

from segdemo.cli.options import Verbs, new_verb


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    new_verb(
        verbs,
        "conventions",
        _conventions,
        summary="print README.md's table of what other libraries print for the same masks",
        example="",
    )


def _conventions(_: argparse.Namespace) -> None:
    from segdemo.tables import conventions_table

    sys.stdout.write(conventions_table())
