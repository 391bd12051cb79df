"""Scoring predictors on pairs of photo and ground truth: one pair, a folder, a zip.

:func:`pair_up` finds the pairs, :func:`stream_rows` judges them one by one, a :class:`Ledger` adds
them up, and what it makes of them is an :class:`Evaluation`. :func:`evaluate` and
:func:`evaluate_all` do all of it. Memory does not grow with the photos: of each image only its
counts are kept.
"""

from segdemo.evaluation.archive import ZipLimits, find_folders, unpack
from segdemo.evaluation.ledger import Evaluation, Ledger
from segdemo.evaluation.pairs import Pair, Pairing, find_pairs, pair_up
from segdemo.evaluation.row import Row
from segdemo.evaluation.running import evaluate, evaluate_all
from segdemo.evaluation.scoring import assess_pair, count, read_truth
from segdemo.evaluation.sharding import Shard, torchrun_shard
from segdemo.evaluation.streaming import agree_on_reading, stream_rows
from segdemo.evaluation.zipped import pair_up_zip

__all__ = [
    "Evaluation",
    "Ledger",
    "Pair",
    "Pairing",
    "Row",
    "Shard",
    "ZipLimits",
    "agree_on_reading",
    "assess_pair",
    "count",
    "evaluate",
    "evaluate_all",
    "find_folders",
    "find_pairs",
    "pair_up",
    "pair_up_zip",
    "read_truth",
    "stream_rows",
    "torchrun_shard",
    "unpack",
]
