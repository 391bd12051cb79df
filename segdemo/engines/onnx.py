"""ONNX Runtime: what serves on a CPU."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from segdemo.card import CARD_KEY, Card, card_from_text
from segdemo.engines.cores import usable_cores
from segdemo.errors import WeightsError


@dataclass(frozen=True)
class OnnxEngine:
    """A network in ONNX Runtime.

    Args:
        session: The loaded graph, with input ``x`` and output ``logits``.
    """

    session: onnxruntime.InferenceSession

    def run(self, x: np.ndarray) -> np.ndarray:
        """Map x of shape (N, 3, H, W), float32, to logits (N, C, ceil(H/4), ceil(W/4))."""
        (logits,) = self.session.run(["logits"], {"x": x})
        return logits

    @property
    def card(self) -> Card:
        """The card in the file's header."""
        metadata = self.session.get_modelmeta().custom_metadata_map
        return card_from_text(metadata.get(CARD_KEY, ""))


def load_onnx_engine(source: Path | bytes, *, threads: int | None = None) -> OnnxEngine:
    """Load a fused graph.

    Args:
        source: A ``.onnx`` file, or the contents of one.
        threads: How many threads share the work of one run; None for as many as this process may
            use cores.

    Returns:
        Engine of that many threads.

    Raises:
        WeightsError: If the file is missing or damaged.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    options.inter_op_num_threads = 1
    # Threads that spin while they wait starve the other visitors of a shared host. A fifth of a
    # millisecond bridges the gaps between nodes: 4 % faster alone, no slower beside two busy
    # processes, where spinning without bound took half as long again.
    options.add_session_config_entry("session.intra_op.spin_duration_us", "200")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    # Photos come in many sizes; a plan kept for each would only grow.
    options.enable_mem_pattern = False
    try:
        session = onnxruntime.InferenceSession(
            source, sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        # ONNX Runtime has no common base for its exceptions short of Exception itself.
        name = f"'{source.name}' " if isinstance(source, Path) else ""
        raise WeightsError(
            f"The weights file {name}is missing or damaged. Fetch it again."
        ) from error
    return OnnxEngine(session)
