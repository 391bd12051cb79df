"""Colours, fonts and the little CSS that Gradio's themes leave to us."""

from pathlib import Path

import gradio as gr

_Font = gr.themes.LocalFont

# Weights 400 and 700 only: Gradio's bundled 600-weight files hold no Latin letters.
THEME = gr.themes.Base(
    primary_hue="indigo",
    neutral_hue="slate",
    radius_size="md",
    font=[_Font("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
    font_mono=[_Font("IBM Plex Mono", weights=(400, 700)), "monospace"],
).set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    block_label_text_color="*neutral_700",
    block_label_text_color_dark="*neutral_200",
    block_title_text_color="*neutral_800",
    block_title_text_color_dark="*neutral_100",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_dark="*primary_600",
    button_primary_text_color="white",
    button_primary_text_color_dark="white",
    input_placeholder_color="*neutral_600",
    input_placeholder_color_dark="*neutral_300",
)

_FOLDER = Path(__file__).parent

CSS = "\n".join(
    (_FOLDER / name).read_text("utf-8") for name in ("theme.css", "evaluating/evaluate.css")
)
