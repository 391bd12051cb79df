"""The pages together: what they share, and the address of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.components import Navbar

from segdemo.errors import WeightsError
from segdemo.predictor import predictor_of
from segdemo.ui import texts
from segdemo.ui.api import build_api
from segdemo.ui.handlers import DEVICE
from segdemo.ui.offer import Offer
from segdemo.ui.pages.compare import build_compare_page
from segdemo.ui.pages.evaluate import build_evaluate_page
from segdemo.ui.pages.models import build_models_page
from segdemo.ui.pages.segment import build_segment_page
from segdemo.zoo import WEIGHTS_DIR, ZooEntry, list_models

_HOUR_S = 60 * 60


@dataclass(frozen=True)
class Page:
    """One page.

    Args:
        title: Its name in the bar of pages.
        path: Its address; the first page's is not used, it is at the root.
        build: Builds it over the models there are.
    """

    title: str
    path: str
    build: Callable[[gr.Blocks, Sequence[ZooEntry]], None]


PAGES: tuple[Page, ...] = (
    Page(texts.SEGMENT, "/", build_segment_page),
    Page(texts.COMPARE, "/compare", build_compare_page),
    Page(texts.EVALUATE, "/evaluate", build_evaluate_page),
    Page(texts.MODELS, "/models", build_models_page),
)
"""The pages, in the order of the bar; the first is at the root."""


def build_page() -> gr.Blocks:
    """Build all pages over the models whose weights are there.

    Returns:
        The pages, not yet launched.

    Raises:
        WeightsError: If there is no model at all.
        UnknownNameError: If SEGDEMO_DEVICE names a device that this machine lacks.
    """
    entries = Offer(list_models())
    if not entries:
        raise WeightsError(f"There are no weights in '{WEIGHTS_DIR}'. Fetch the repository again.")
    if DEVICE != "cpu":
        # A device that is not there is for whoever starts the server to hear of, not for visitors.
        predictor_of(entries[0], device=DEVICE)
    first, *others = PAGES
    with gr.Blocks(title=texts.TITLE, delete_cache=(_HOUR_S, 24 * _HOUR_S)) as demo:
        _fill(demo, first, entries)
        build_api(entries)
    for page in others:
        with demo.route(page.title, page.path):
            _fill(demo, page, entries)
    return demo


def _fill(demo: gr.Blocks, page: Page, entries: Sequence[ZooEntry]) -> None:
    """A page between what all pages share: the bar, where there are several, and the footer."""
    if len(PAGES) > 1:
        Navbar(main_page_name=PAGES[0].title)
    page.build(demo, entries)
    gr.Markdown(texts.FOOTER, elem_id="footer")
