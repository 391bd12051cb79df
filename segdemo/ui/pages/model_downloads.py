"""The section of the page of models where those that others publish are fetched."""

from collections.abc import Callable
from html import escape

import gradio as gr

from segdemo.downloads import DOWNLOADS, Download, entry_of, install
from segdemo.tables import billions, millions
from segdemo.ui import texts
from segdemo.ui.catalogue.comparison import try_address
from segdemo.ui.handlers import architecture_name, shows_errors
from segdemo.ui.html import grid, paragraph

_DOWNLOAD_QUEUE = "download"
"""Fetching takes turns, so that the same file is fetched once."""


def build_downloads(demo: gr.Blocks) -> None:
    """Lay the section out: what there is, a button and a progress for each model to be fetched.

    Args:
        demo: The pages together; when this one is opened, it says what was fetched by then.
    """
    gr.Markdown(f"## {texts.DOWNLOADABLE}\n{texts.DOWNLOADABLE_INFO}", elem_id="downloads-notes")
    with gr.Column(elem_id="downloads"):
        states = {_build_download(download): download for download in DOWNLOADS}
    demo.load(
        lambda: {state: _state(download) for state, download in states.items()},
        None,
        list(states),
        api_visibility="private",
        queue=False,
        show_progress="hidden",
    )


def _build_download(download: Download) -> gr.HTML:
    """Lay one model out; gives the place where its state is shown."""
    with gr.Column(elem_classes="download", elem_id=f"download-{download.model_id}"):
        gr.HTML(_facts(download), padding=False)
        with gr.Row():
            button = gr.Button(
                texts.FETCH.format(megabytes=download.megabytes),
                size="md",
                scale=0,
                min_width=160,
            )
            state = gr.HTML(padding=False)
    button.click(
        _fetching(download),
        None,
        state,
        api_visibility="private",
        concurrency_id=_DOWNLOAD_QUEUE,
        concurrency_limit=1,
        show_progress="full",
        show_progress_on=state,
    )
    return state


def _fetching(download: Download) -> Callable[..., str]:
    @shows_errors
    def fetch(progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008 - Gradio's way to ask
        if not _is_here(download):
            install(download, progress=lambda share: progress(share, desc=texts.FETCHING))
        return _state(download)

    return fetch


def _facts(download: Download) -> str:
    card = download.card
    height, width = card.cost_shape
    numbers = [
        ("Parameters", millions(card.parameters)),
        (f"Multiply-adds at {width}x{height}", billions(card.multiply_adds)),
        ("Download", f"{download.megabytes:.0f} MB"),
        ("Mean IoU, by torchvision", f"{download.reported_mean_iou:.3f}"),
    ]
    return (
        f"<h3>{escape(_name(download))} <code>{escape(download.model_id)}</code></h3>"
        f"{grid(numbers)}{paragraph(f'{texts.LICENCE}: {card.licence}')}"
    )


def _state(download: Download) -> str:
    """Whether the model is here; if so, where to try it."""
    if not _is_here(download):
        return paragraph(texts.NOT_FETCHED)
    address = escape(try_address(entry_of(download)))
    label = escape(f"{texts.TRY_IT}: {download.model_id}")
    return f'<p>{texts.FETCHED} <a href="{address}" aria-label="{label}">{texts.TRY_IT}</a></p>'


def _is_here(download: Download) -> bool:
    return entry_of(download).safetensors_path.exists()


def _name(download: Download) -> str:
    return architecture_name(entry_of(download))
