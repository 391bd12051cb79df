"""The command line: one verb a file.

Each verb imports what it needs when it runs: ``models`` must not wait for ONNX Runtime, nor
``segment`` for PyTorch.
"""

import argparse
import sys
from collections.abc import Sequence

from segdemo.cli import (
    bench,
    compare,
    conventions,
    download,
    evaluate,
    models,
    publish,
    segment,
    train,
)
from segdemo.errors import SegdemoError


def main(arguments: Sequence[str]) -> int:
    """Run one verb.

    Args:
        arguments: Command line without the program's name.

    Returns:
        Exit code: 0 if all went well, 2 for a mistake that the message says how to mend.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except SegdemoError as error:
        sys.stderr.write(f"segdemo: {error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m segdemo",
        description="Segment photos, compare and score models, train new ones.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in (
        segment,
        compare,
        evaluate,
        conventions,
        models,
        download,
        train,
        publish,
        bench,
    ):
        verb.add_verb(verbs)
    return parser
