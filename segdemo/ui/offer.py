"""The models that the pages offer: those there at the start, and those fetched since."""

from collections.abc import Iterator, Sequence
from typing import overload

from segdemo.downloads import DOWNLOADS, entry_of
from segdemo.zoo import ZooEntry


class Offer(Sequence[ZooEntry]):
    """The models that are there whenever it is asked.

    Pages are built once, when the server starts; a model that a visitor fetches later is offered
    from then on, to everyone.

    Args:
        entries: The models there are at the start.
    """

    def __init__(self, entries: Sequence[ZooEntry]) -> None:
        self._entries = tuple(entries)
        known = {entry.model_id for entry in entries}
        self._awaited = tuple(
            entry for entry in map(entry_of, DOWNLOADS) if entry.model_id not in known
        )

    @overload
    def __getitem__(self, index: int) -> ZooEntry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ZooEntry, ...]: ...
    def __getitem__(self, index: int | slice) -> ZooEntry | tuple[ZooEntry, ...]:
        return self._present()[index]

    # Sequence's own would look for the files anew at every step.
    def __iter__(self) -> Iterator[ZooEntry]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._present())

    def _present(self) -> tuple[ZooEntry, ...]:
        fetched = (entry for entry in self._awaited if entry.safetensors_path.exists())
        return (*self._entries, *fetched)


def models_of(entries: Sequence[ZooEntry], label_set: str) -> tuple[ZooEntry, ...]:
    """The models of a label set, in the order in which they are offered: the best first."""
    return tuple(entry for entry in entries if entry.card.label_set == label_set)


def label_set_titles(entries: Sequence[ZooEntry]) -> dict[str, str]:
    """Id and title of the label sets that there are models of."""
    return {entry.card.label_set: entry.card.labels.title for entry in entries}
