"""The gallery of examples: a row of pictures to click."""

from html import escape
from pathlib import Path

import gradio as gr

from segdemo.ui import texts
from segdemo.ui.examples import EXAMPLES, Example

_CSS = (Path(__file__).parent / "gallery.css").read_text("utf-8")

_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button) trigger('choose', { name: button.dataset.name });
});
"""


class ExampleGallery(gr.HTML):
    """Pictures of the examples; its event ``choose`` carries the ``name`` of the one clicked."""

    def __init__(self, *, elem_id: str | None = None) -> None:
        items = "".join(f"<li>{_button(example)}</li>" for example in EXAMPLES)
        super().__init__(
            elem_id=elem_id,
            padding=False,
            html_template=(
                f'<p id="examples-title">{escape(texts.EXAMPLES)}</p>'
                f'<ul class="examples" aria-labelledby="examples-title">{items}</ul>'
            ),
            css_template=_CSS,
            js_on_load=_JS,
        )


def _button(example: Example) -> str:
    note = texts.WITH_MASK if example.mask else texts.WITHOUT_MASK
    # The words beside the picture name the button; the picture itself says nothing more.
    return (
        f'<button type="button" data-name="{escape(example.name)}">'
        f'<img src="{example.thumbnail}" alt="">'
        f"<span>{escape(example.title)}<small>{escape(note)}</small></span></button>"
    )
