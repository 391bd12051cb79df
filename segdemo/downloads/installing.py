"""From a publisher's file to one of the zoo's."""

import pickle
import tempfile
from pathlib import Path

from segdemo.downloads.catalogue import Download
from segdemo.downloads.fetching import Progress, fetch
from segdemo.errors import WeightsError
from segdemo.zoo import DOWNLOADED_FOLDER, WEIGHTS_DIR, ZooEntry, find_model


def entry_of(download: Download, weights_dir: Path = WEIGHTS_DIR) -> ZooEntry:
    """The model as the zoo will list it; its file is there only once it was fetched."""
    path = weights_dir / DOWNLOADED_FOLDER / f"{download.model_id}.safetensors"
    return ZooEntry(download.card, path, None)


def install(download: Download, *, progress: Progress, weights_dir: Path = WEIGHTS_DIR) -> ZooEntry:
    """Fetch a model's weights and keep them as a ``.safetensors`` file with a card.

    The publisher's file is a pickle. It is read once, right after its digest was checked, by
    PyTorch's reader that builds tensors and nothing else, and then deleted.

    Args:
        download: What to fetch.
        progress: Told of the share that is done, in [0, 1].
        weights_dir: Folder of weights; the file goes into a folder of its own there.

    Returns:
        The model, ready to be loaded.

    Raises:
        WeightsError: If it cannot be fetched, is not the file expected, or cannot be written.
    """
    path = entry_of(download, weights_dir).safetensors_path
    fetched = path.parent / download.url.rpartition("/")[2]
    fetch(
        download.url,
        fetched,
        digest=download.digest,
        megabytes=download.megabytes,
        progress=progress,
    )
    try:
        _convert(fetched, download, path)
    finally:
        fetched.unlink(missing_ok=True)
    return find_model(download.model_id, weights_dir)


def _convert(fetched: Path, download: Download, path: Path) -> None:
    # Late: PyTorch is for those who fetch something, not for every start of the page.
    import torch

    from segdemo.models import build_model
    from segdemo.models.weights import save_network

    card = download.card
    network = build_model(card.architecture, num_classes=len(card.class_names))
    try:
        state = torch.load(fetched, map_location="cpu", weights_only=True)
        # The second head, which only training used, stays behind.
        own = {
            f"network.{name}": tensor
            for name, tensor in state.items()
            if not name.startswith("aux_classifier.")
        }
        network.load_state_dict(own)
    except (RuntimeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise WeightsError(
            f"The weights from {download.url} do not fit this version of segdemo. Update it."
        ) from error
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fetching-") as folder:
        whole = Path(folder) / path.name
        save_network(network, card, whole)
        whole.replace(path)
