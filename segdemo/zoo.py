"""What models there are: read from the headers of the weights files, without PyTorch."""

import hashlib
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from safetensors import SafetensorError, safe_open

from segdemo.card import CARD_KEY, Card, card_from_text
from segdemo.errors import UnknownNameError, WeightsError

BUNDLED_DIR = Path(__file__).parents[1] / "weights"
"""The folder of the bundled weights."""

WEIGHTS_DIR = Path(os.environ.get("SEGDEMO_WEIGHTS") or BUNDLED_DIR)
"""The folder of the weights in use: the bundled ones, or what ``SEGDEMO_WEIGHTS`` names."""

DIGESTS_FILE = "README.md"
"""File beside the weights whose table names their SHA-256."""

DOWNLOADED_FOLDER = "downloaded"
"""Folder below the weights for models that others publish, fetched when they were asked for."""

Status = Literal["in the table", "own, not in the table", "downloaded"]
"""Whether the table beside a model's files vouches for them, or else where they are from."""

Condition = Literal["ready", "ready, slow", "damaged"]
"""Whether a model can run; slow is one without the graph that CPUs are served from."""

_DIGEST_ROW = re.compile(r"^\|\s*`(?P<file>[^`]+)`\s*\|.*`(?P<digest>[0-9a-f]{64})`", re.MULTILINE)
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class ZooEntry:
    """A model whose weights are there.

    Args:
        card: What it says of itself.
        safetensors_path: Weights for PyTorch.
        onnx_path: Fused graph for ONNX Runtime; None if there is none.
    """

    card: Card
    safetensors_path: Path
    onnx_path: Path | None

    @property
    def model_id(self) -> str:
        """Id of the model."""
        return self.card.model_id

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files of the model."""
        return (self.safetensors_path, *([self.onnx_path] if self.onnx_path else []))

    @property
    def status(self) -> Status:
        """Whether the table beside the files names them, or else where they are from."""
        return status_of(self.safetensors_path)


def list_models(weights_dir: Path = WEIGHTS_DIR) -> tuple[ZooEntry, ...]:
    """All models of a folder, sorted by label set; those in the table first, the best first.

    A file without a readable card is left out with a logged warning, so that one bad file does
    not take the others away; so is one whose card bears another name, as it could pass for a
    model whose SHA-256 the table names.

    Args:
        weights_dir: Folder of ``.safetensors`` files, each with its ``.onnx`` beside it, and of a
            folder of downloaded ones.

    Returns:
        One entry per model.
    """
    entries = []
    downloaded = sorted((weights_dir / DOWNLOADED_FOLDER).glob("*.safetensors"))
    for path in [*sorted(weights_dir.glob("*.safetensors")), *downloaded]:
        try:
            card = read_card(path)
        except WeightsError as error:
            _LOGGER.warning("%s is left out: %s", path.name, error)
            continue
        if card.model_id != path.stem:
            _LOGGER.warning("%s is left out: its card is that of '%s'.", path.name, card.model_id)
            continue
        onnx_path = path.with_suffix(".onnx")
        entries.append(ZooEntry(card, path, onnx_path if onnx_path.exists() else None))
    return tuple(sorted(entries, key=_rank))


def _rank(entry: ZooEntry) -> tuple[str, bool, float]:
    """Label sets together; within one, the best by the first split on the card comes first.

    A person's own models come last: they were scored on photos of their own, or not at all.
    """
    scores = entry.card.scores
    own = entry.status != "in the table"
    return entry.card.label_set, own, -scores[0].mean_iou if scores else 0.0


def find_model(model_id: str, weights_dir: Path = WEIGHTS_DIR) -> ZooEntry:
    """Look a model up by its id.

    Args:
        model_id: Such as ``deeplabv3plus-street``.
        weights_dir: Folder of the weights.

    Returns:
        Its entry.

    Raises:
        UnknownNameError: If the folder holds no such model.
    """
    entries = list_models(weights_dir)
    for entry in entries:
        if entry.model_id == model_id:
            return entry
    known = ", ".join(entry.model_id for entry in entries) or "none"
    raise UnknownNameError(f"There is no model '{model_id}'. Models here: {known}.")


def read_card(path: Path) -> Card:
    """Read the card in the header of a ``.safetensors`` file; the weights are not read.

    Raises:
        WeightsError: If the file is damaged or holds no card.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"The weights file '{path.name}' is damaged. Fetch it again.") from error
    if CARD_KEY not in metadata:
        raise WeightsError(
            f"The weights file '{path.name}' holds no model card, so segdemo cannot tell what it "
            f"is. Use a file that segdemo wrote."
        )
    return card_from_text(metadata[CARD_KEY])


def sha256(path: Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def status_of(path: Path) -> Status:
    """Whether the table beside a weights file names the model that the file belongs to.

    Args:
        path: A weights file.

    Returns:
        ``in the table`` if it names this file or the model's other one; ``downloaded`` if it lies
        where downloads do; else ``own, not in the table``.
    """
    if path.parent.name == DOWNLOADED_FOLDER:
        return "downloaded"
    stems = {Path(name).stem for name in _digests(path.parent)}
    return "in the table" if path.stem in stems else "own, not in the table"


def check_digest(path: Path) -> None:
    """Compare a weights file with the SHA-256 that the table beside it names.

    A file of a model that the table does not name, such as one trained here, is not checked.

    Args:
        path: A weights file.

    Raises:
        WeightsError: If the digests differ, or the table names only the model's other file.
    """
    if status_of(path) != "in the table":
        return
    digests = _digests(path.parent)
    if path.name not in digests:
        raise WeightsError(
            f"{DIGESTS_FILE} names the model of '{path.name}', but not this file of it. Delete it "
            f"or publish the model anew."
        )
    if sha256(path) != digests[path.name]:
        raise WeightsError(
            f"The weights file '{path.name}' is not the one that {DIGESTS_FILE} names: its SHA-256 "
            f"differs. Fetch it again."
        )


def condition_of(entry: ZooEntry) -> Condition:
    """Whether a model can run, by its files and their SHA-256."""
    try:
        for path in entry.paths:
            check_digest(path)
    except WeightsError:
        return "damaged"
    return "ready" if entry.onnx_path else "ready, slow"


def _digests(weights_dir: Path) -> dict[str, str]:
    """File name to SHA-256, as the table of a folder names them; empty without a table."""
    table = weights_dir / DIGESTS_FILE
    if not table.exists():
        return {}
    return {row["file"]: row["digest"] for row in _DIGEST_ROW.finditer(table.read_text("utf-8"))}
