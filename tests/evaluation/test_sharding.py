"""Several processes give the bits that one gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segdemo.evaluation import Shard, torchrun_shard

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "segdemo" / "ui" / "examples"


@pytest.mark.parametrize(("length", "world_size"), [(7, 2), (1, 2), (0, 3), (9, 1)])
def test_every_pair_belongs_to_one_process(length: int, world_size: int) -> None:
    shards = [Shard(rank, world_size) for rank in range(world_size)]

    assert sorted(at for shard in shards for at in shard.indices(length)) == list(range(length))


def test_each_process_of_a_machine_has_a_gpu_of_its_own() -> None:
    assert Shard(3, 4, local_rank=1).device("cuda") == "cuda:1"
    assert Shard(3, 4, local_rank=1).device("cpu") == "cpu"
    assert Shard().device("cuda") == "cuda"


def test_a_rank_beyond_the_processes_is_refused() -> None:
    with pytest.raises(ValueError, match="rank must be within 0 to 1, got 2"):
        Shard(2, 2)


@pytest.mark.parametrize("environment", [{}, {"WORLD_SIZE": "1", "RANK": "0"}, {"WORLD_SIZE": "4"}])
def test_without_torchrun_this_process_is_the_only_one(environment: dict[str, str]) -> None:
    with torchrun_shard(environment) as shard:
        assert shard == Shard()


def evaluate(*launcher: str, arguments: list[str]) -> dict[str, object]:
    command = [sys.executable, *launcher, "-m", "segdemo", "evaluate", *arguments, "--json"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, object] = json.loads(answer.stdout)  # one object: one process prints
    return found


def test_two_processes_under_torchrun_give_the_same_bits_as_one(tmp_path: Path) -> None:
    for kind in ("images", "masks"):
        (tmp_path / kind).mkdir()
    for index, name in enumerate(["astronaut", "chelsea", "astronaut"]):
        photo, mask = EXAMPLES / f"{name}.jpg", EXAMPLES / f"{name}_mask.png"
        (tmp_path / "images" / f"{index}.jpg").write_bytes(photo.read_bytes())
        (tmp_path / "masks" / f"{index}.png").write_bytes(mask.read_bytes())
    (tmp_path / "images" / "3.jpg").write_bytes(b"junk")
    (tmp_path / "masks" / "3.png").write_bytes(b"junk")
    arguments = ["--images", str(tmp_path / "images"), "--masks", str(tmp_path / "masks")]

    alone = evaluate(arguments=arguments)
    shared = evaluate(
        "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone", arguments=arguments
    )

    timed = {"seconds", "images_per_second"}
    assert {key: value for key, value in shared.items() if key not in timed} == {
        key: value for key, value in alone.items() if key not in timed
    }
    assert (alone["images"], alone["failed"]) == (3, 1)
