"""How the pairs of an epoch are dealt to several processes."""

import pytest
import torch

from segdemo.errors import DataError
from segdemo.training.team import ALONE, Team, check_share, join_team, processes_here


def dealt(count: int, *, batch_size: int, size: int, seed: int = 3) -> list[list[list[int]]]:
    """The batches of each process."""
    return [
        Team(rank, size).batches(
            count, batch_size=batch_size, generator=torch.Generator().manual_seed(seed)
        )
        for rank in range(size)
    ]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_shares_of_a_batch_make_up_what_one_process_would_take(size: int) -> None:
    ((*whole,),) = dealt(19, batch_size=8, size=1)

    shares = dealt(19, batch_size=8, size=size)

    assert [len(batch) for batch in whole] == [8, 8]  # the last three wait for another epoch
    for step, batch in enumerate(whole):
        parts = [share[step] for share in shares]
        assert sorted(index for part in parts for index in part) == sorted(batch)
        assert {len(part) for part in parts} == {8 // size}


def test_the_same_seed_gives_the_same_shares_and_another_one_others() -> None:
    assert dealt(32, batch_size=8, size=2) == dealt(32, batch_size=8, size=2)
    assert dealt(32, batch_size=8, size=2) != dealt(32, batch_size=8, size=2, seed=4)


def test_fewer_pairs_than_a_batch_are_all_dealt() -> None:
    first, second = dealt(5, batch_size=8, size=2)

    assert sorted([*first[0], *second[0]]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("batch_size", "count", "size"), [(8, 100, 3), (4, 1, 2), (2, 9, 4)])
def test_what_cannot_be_shared_is_refused(batch_size: int, count: int, size: int) -> None:
    with pytest.raises(DataError, match=f"cannot be shared by {size} processes"):
        check_share(batch_size, count=count, size=size)


@pytest.mark.parametrize(("batch_size", "count", "size"), [(1, 1, 1), (8, 3, 1), (8, 4, 4)])
def test_what_can_be_shared_passes(batch_size: int, count: int, size: int) -> None:
    check_share(batch_size, count=count, size=size)


@pytest.mark.parametrize(("rank", "size"), [(1, 1), (-1, 2), (2, 2)])
def test_a_rank_beyond_the_team_is_refused(rank: int, size: int) -> None:
    with pytest.raises(ValueError, match="rank must be within"):
        Team(rank, size)


def test_a_process_alone_leads_waits_for_nobody_and_wraps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    network = torch.nn.Conv2d(1, 1, 1)
    cpu = torch.device("cpu")

    with join_team("cpu") as (team, device):
        team.wait()

    assert (team, device, processes_here()) == (ALONE, "cpu", 1)
    assert team.leads
    assert not Team(1, 2).leads
    assert team.wrapped(network, cpu) is network
    assert team.mean(0.25, cpu) == 0.25
