"""``bench``: time models and metrics beside known ones."""

import argparse

from segdemo.cli.options import Verbs, new_verb, positive, print_line


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "bench",
        _bench,
        summary="time models and metrics beside known ones, and evaluations, in one run",
        example="--only models --rounds 20",
    )
    verb.add_argument(
        "--only", choices=("models", "metrics", "evaluation"), help="one part; default all"
    )
    verb.add_argument(
        "--rounds", type=positive, default=20, help="timed rounds over all candidates"
    )
    verb.add_argument(
        "--write", action="store_true", help="keep the models' times beside the weights"
    )


def _bench(options: argparse.Namespace) -> None:
    from segdemo.bench import bench

    for line in bench(rounds=options.rounds, only=options.only, write=options.write):
        print_line(line)
