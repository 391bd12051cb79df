"""An evaluation with its circumstances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from segdemo.errors import DataError
from segdemo.evaluation import Evaluation, Pairing
from segdemo.predictor import weights_path
from segdemo.zoo import find_model, sha256


@dataclass(frozen=True, eq=False)
class Run:
    """One or several models' judgements of the same pairs, and how they came about.

    Args:
        pairing: The pairs, and what has no partner.
        evaluations: One for each model, at least one.
        weights_sha256: SHA-256 of the file that ran, by model id.
        settings: What was asked for, name to value, for people.

    Raises:
        ValueError: If there is no evaluation, or a model has no digest.
    """

    pairing: Pairing
    evaluations: tuple[Evaluation, ...]
    weights_sha256: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.evaluations:
            raise ValueError("evaluations must hold at least one, got none")
        for evaluation in self.evaluations:
            if evaluation.model_id not in self.weights_sha256:
                raise ValueError(f"weights_sha256 must name '{evaluation.model_id}', it does not")

    @property
    def is_complete(self) -> bool:
        """Whether every pair was taken up; not so if the run was stopped."""
        return all(len(one.rows) == len(self.pairing.pairs) for one in self.evaluations)

    def require_scores(self) -> None:
        """Make sure that there is something to show.

        Raises:
            DataError: If no model has a score of any kind.
        """
        if any(one.scores.num_valid_pixels for one in self.evaluations):
            return
        failed = self.evaluations[0].failed
        if not failed:
            raise DataError("All pixels of the masks are void, so there is nothing to score.")
        first = f"{failed[0].stem}: {failed[0].reason}"
        pairs = len(self.pairing.pairs)
        raise DataError(
            first
            if pairs == 1
            else f"None of the {pairs} pairs could be scored. The first, {first}"
        )


def describe_run(
    evaluations: Sequence[Evaluation],
    pairing: Pairing,
    *,
    data: str,
    device: str,
    reading: str | None = None,
    details: bool = False,
    processes: int = 1,
) -> Run:
    """Put judgements together with the files that ran and what was asked for.

    Args:
        evaluations: One for each model of the zoo, at least one.
        pairing: The pairs, and what has no partner.
        data: Where the pairs are from, for people.
        device: Where the models ran.
        reading: Id of the reading of masks that was asked for; None for the likeliest.
        details: Whether boundaries and kinds of errors were counted.
        processes: How many processes shared the work.

    Returns:
        The run, as made now.

    Raises:
        UnknownNameError: If a model is not in the zoo.
    """
    digests = {
        one.model_id: sha256(weights_path(find_model(one.model_id), device=device))
        for one in evaluations
    }
    settings = {
        "data": data,
        "device": device,
        "reading of masks": reading or "the likeliest in common",
        "boundaries and kinds of errors": "counted" if details else "not counted",
        "processes": str(processes),
        "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }
    return Run(pairing, tuple(evaluations), digests, settings)
