"""``download``: fetch a model whose weights others publish."""

import argparse

from segdemo.cli.options import Verbs, new_verb, print_line
from segdemo.cli.progress import Progress

_STEPS = 100


def add_verb(verbs: Verbs) -> None:
    """Enter the verb."""
    verb = new_verb(
        verbs,
        "download",
        _download,
        summary="fetch a model that torchvision publishes",
        example="torchvision_deeplabv3_mobile-voc",
    )
    verb.add_argument("model", help="id of a model that `models` lists as to be downloaded")


def _download(options: argparse.Namespace) -> None:
    from segdemo.downloads import find_download, install

    download = find_download(options.model)
    bar = Progress(_STEPS)
    done = 0

    def show(share: float) -> None:
        nonlocal done
        while done < int(_STEPS * share):
            done += 1
            bar.step()

    try:
        entry = install(download, progress=show)
    finally:
        bar.close()
    print_line(f"{entry.model_id}: {entry.safetensors_path}")
