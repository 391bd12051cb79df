"""The part of a page that shows a score against a ground truth."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from segdemo.metrics import METRICS_PER_CLASS
from segdemo.ui import texts
from segdemo.ui.handlers import ScoreReport
from segdemo.ui.html import table


@dataclass(frozen=True)
class ScoreSection:
    """Components of a score, in the order of ``values``."""

    section: gr.Column
    summary: gr.HTML
    per_class: gr.Dataframe
    policy: gr.Markdown
    conventions: gr.HTML

    def components(self) -> list[Any]:
        """What a handler's outputs are to be."""
        return [self.section, self.summary, self.per_class, self.policy, self.conventions]


def build_score_section() -> ScoreSection:
    """Lay the section out, hidden until there is a score."""
    with gr.Column(visible=False, elem_id="scores") as section:
        gr.Markdown(f"## {texts.SCORES}")
        summary = gr.HTML(elem_id="score-summary", padding=False)
        per_class = gr.Dataframe(
            headers=[texts.CLASS, *(metric.title for metric in METRICS_PER_CLASS)],
            interactive=False,
            elem_id="score-table",
        )
        policy = gr.Markdown(elem_id="score-policy")
        with gr.Accordion(texts.CONVENTIONS, open=False, elem_id="conventions"):
            gr.Markdown(texts.CONVENTIONS_INFO)
            conventions = gr.HTML(elem_id="conventions-table", padding=False)
    return ScoreSection(section, summary, per_class, policy, conventions)


def score_values(report: ScoreReport | None) -> tuple[Any, ...]:
    """Values of the section's components; it hides without a report."""
    if report is None:
        return gr.Column(visible=False), "", [], "", ""
    return (
        gr.Column(visible=True),
        report.summary,
        report.rows,
        report.policy,
        table(texts.CONVENTIONS_HEADERS, report.conventions),
    )
