"""What several verbs have in common: their options and how they print."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

DEFAULT_MODEL = "deeplabv3plus-people_animals"
"""The model that runs where none is named."""

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def new_verb(
    verbs: Verbs,
    name: str,
    run: Callable[[argparse.Namespace], None],
    *,
    summary: str,
    example: str,
) -> argparse.ArgumentParser:
    """Enter a verb.

    Args:
        verbs: The parser's verbs.
        name: The verb.
        run: What it does with its options.
        summary: One line for the list of verbs.
        example: Arguments of a call that works.

    Returns:
        The verb's parser, to add options to.
    """
    verb = verbs.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"example: python -m segdemo {name} {example}".rstrip(),
    )
    verb.set_defaults(run=run)
    return verb


def add_model(verb: argparse.ArgumentParser) -> None:
    """Add the choice of a model and of the device it runs on."""
    verb.add_argument("--model", default=DEFAULT_MODEL, help="a model's id")
    verb.add_argument("--device", default="cpu", help="cpu or cuda")


def add_run(verb: argparse.ArgumentParser, name: str) -> None:
    """Add the choice of a training run; ``name`` says what its name may be."""
    verb.add_argument("model", help=name)
    verb.add_argument("--data", type=Path, required=True, help="folder with the data's splits")
    verb.add_argument("--run-dir", type=Path, help="folder of the run; default runs/<model>")


def run_dir(options: argparse.Namespace) -> Path:
    """Folder of the training run that the options name."""
    return options.run_dir or Path("runs") / options.model


def positive(text: str) -> int:
    """Read a whole number from 1 up; argparse says what it wanted otherwise."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


positive.__name__ = "whole number from 1 up"  # what argparse calls it in its message


def print_line(line: str) -> None:
    """Print a line at once, so that a reader of a pipe sees it too."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def warn(line: str) -> None:
    """Print a line to stderr, which leaves stdout to the results."""
    sys.stderr.write(f"segdemo: {line}\n")
