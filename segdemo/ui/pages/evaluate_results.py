"""What the page that evaluates shows of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from segdemo.reporting import Example, shown_number
from segdemo.ui import texts
from segdemo.ui.evaluating.finished import (
    Finished,
    class_chart,
    classes_sheet,
    images_sheet,
    leaderboard_sheet,
    notes,
    readings,
    short_names,
)
from segdemo.ui.evaluating.model_part import (
    Opened,
    calibration,
    confusion,
    overview,
    worst_images,
)
from segdemo.ui.exports import Delivery
from segdemo.ui.html import paragraph
from segdemo.ui.inputs import Choice
from segdemo.ui.pages import photo_inputs
from segdemo.ui.sortable import SortableTable
from segdemo.ui.viewer import Segmentation, Viewer

_WORST_CSS = (Path(__file__).parents[1] / "evaluating" / "worst.css").read_text("utf-8")

_WORST_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button) trigger('open', { row: Number(button.dataset.row) });
});
"""


class WorstImages(gr.HTML):
    """Pictures of images; its event ``open`` carries the ``row`` of the one clicked."""

    def __init__(self, value: str = "", *, elem_id: str | None = None) -> None:
        super().__init__(
            value=value,
            elem_id=elem_id,
            padding=False,
            css_template=_WORST_CSS,
            js_on_load=_WORST_JS,
        )


@dataclass(frozen=True)
class Overall:
    """Components that show all models together."""

    section: gr.Column
    notes: gr.HTML
    leaderboard: SortableTable
    policy: gr.Markdown
    class_chart: gr.HTML
    files: tuple[gr.Button, ...]
    delivery: Delivery
    model: Choice


@dataclass(frozen=True)
class OneModel:
    """Components that show one model, in the order of ``model_values``."""

    overview: gr.HTML
    classes: SortableTable
    confusion: gr.HTML
    calibration: gr.HTML
    worst: WorstImages
    images: SortableTable

    def components(self) -> list[Any]:
        """What a handler's outputs are to be."""
        return list(vars(self).values())


@dataclass(frozen=True)
class OneImage:
    """Components that show one image, in the order of ``image_values``."""

    section: gr.Column
    title: gr.HTML
    viewer: Viewer

    def components(self) -> list[Any]:
        """What a handler's outputs are to be."""
        return list(vars(self).values())


@dataclass(frozen=True)
class EvaluateResults:
    """Everything that a run fills."""

    empty: gr.Column
    progress: gr.HTML
    overall: Overall
    one: OneModel
    image: OneImage


def build_results() -> EvaluateResults:
    """Lay the results out, hidden until there are some."""
    with gr.Column(elem_id="empty") as empty:
        gr.Markdown(f"{texts.EMPTY}\n\n```text\n{texts.EMPTY_LAYOUT}\n```")
    progress = gr.HTML(elem_id="progress", padding=False)
    with gr.Column(visible=False, elem_id="results") as section:
        said = gr.HTML(elem_id="notes", padding=False)
        gr.Markdown(f"## {texts.LEADERBOARD}")
        leaderboard = SortableTable(elem_id="leaderboard")
        policy = gr.Markdown(elem_id="score-policy")
        chart = gr.HTML(elem_id="class-chart", padding=False)
        with gr.Row(elem_id="result-files"):
            files = tuple(
                gr.Button(title, size="sm", min_width=130, elem_id=name.replace(".", "-"))
                for name, title in texts.DOWNLOAD_TITLES.items()
            )
        delivery = Delivery(elem_id="delivery")
        gr.Markdown(f"## {texts.SHOWN_MODEL}")
        model = Choice([], label=texts.MODEL, elem_id="shown-model")
        one = _build_model_part()
        image = _build_image_part()
    overall = Overall(section, said, leaderboard, policy, chart, files, delivery, model)
    return EvaluateResults(empty, progress, overall, one, image)


def _build_model_part() -> OneModel:
    scores = gr.HTML(elem_id="model-overview", padding=False)
    gr.Markdown(f"### {texts.CLASSES}")
    classes = SortableTable(elem_id="classes")
    gr.Markdown(f"### {texts.CONFUSION}")
    matrix = gr.HTML(elem_id="confusion", padding=False)
    gr.Markdown(f"### {texts.CALIBRATION}")
    diagram = gr.HTML(elem_id="calibration", padding=False)
    gr.Markdown(f"### {texts.WORST}")
    worst = WorstImages(elem_id="worst")
    gr.Markdown(f"### {texts.IMAGES}\n{texts.IMAGES_INFO}")
    images = SortableTable(elem_id="images")
    return OneModel(scores, classes, matrix, diagram, worst, images)


def _build_image_part() -> OneImage:
    with gr.Column(visible=False, elem_id="opened") as section:
        title = gr.HTML(elem_id="opened-title", padding=False)
        viewer = Viewer(elem_id="viewer")
    return OneImage(section, title, viewer)


def overall_values(results: EvaluateResults, finished: Finished) -> dict[Any, Any]:
    """Values of the components that show all models, by component."""
    overall, names = results.overall, short_names(finished.entries)
    ranked = finished.ranked_ids
    return {
        overall.section: gr.Column(visible=True),
        overall.notes: notes(finished),
        overall.leaderboard: leaderboard_sheet(finished),
        overall.policy: finished.run.evaluations[0].scores.policy,
        overall.class_chart: class_chart(finished),
        overall.model: Choice([(names[one], one) for one in ranked], value=ranked[0]),
        results.image.section: gr.Column(visible=False),
    }


def model_values(finished: Finished, model_id: str) -> tuple[Any, ...]:
    """Values of the components that show one model, in the order of ``OneModel``."""
    evaluation = finished.evaluation(model_id)
    return (
        overview(evaluation),
        classes_sheet(evaluation),
        confusion(evaluation),
        calibration(evaluation),
        worst_images(finished, evaluation.model_id),
        images_sheet(evaluation),
    )


def image_values(finished: Finished, opened: Opened, example: Example) -> tuple[Any, ...]:
    """Values of the components that show one image, in the order of ``OneImage``."""
    row = finished.evaluation(opened.model_id).rows[opened.position]
    title = texts.OPENED.format(
        stem=row.stem,
        model=short_names(finished.entries)[opened.model_id],
        mean_iou=shown_number(row.mean_iou),
    )
    shown = Segmentation(
        example.photo, example.prediction, example.truth.label_map, photo_key=row.stem
    )
    return gr.Column(visible=True), paragraph(title), shown


def reading_choice(finished: Finished) -> Choice:
    """The readings of the masks to choose from; hidden where there is but one."""
    found = readings(finished)
    return photo_inputs.reading_choice(found, found[0][1] if found else "")
