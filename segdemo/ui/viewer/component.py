"""The viewer of one result: writes its files and packs what the browser draws."""

from gradio.data_classes import FileData

from segdemo.ui.viewer.data import Segmentation, ViewerData, shown_classes, shown_size
from segdemo.ui.viewer.drawn import DrawnInBrowser, shrink, write_shown
from segdemo.ui.viewer.packing import pack, pack_logits
from segdemo.views.overlays import indexed


class Viewer(DrawnInBrowser):
    """Shows a ``Segmentation``; the mask file it offers has the photo's full size.

    Its event ``export`` asks for a file that is not made beforehand.
    """

    data_model = ViewerData

    def __init__(self, value: Segmentation | None = None, *, elem_id: str | None = None) -> None:
        super().__init__("viewer", value, elem_id=elem_id)

    def postprocess(self, value: Segmentation | None) -> ViewerData | None:  # type: ignore[override]
        """Write the files of a result and pack what the browser draws."""
        if value is None:
            return None
        photo, prediction = value.photo, value.prediction
        if prediction.logits is None:
            raise ValueError("value must hold a prediction with logits, got one without")
        folder = self.result_folder()
        shown = shown_size(photo.size)
        # A browser saves the mask under the name that the file has here.
        mask_path = folder / f"{prediction.model_id}-mask.png"
        indexed(prediction.label_map, prediction.labels).save(mask_path)
        return ViewerData(
            result_id=folder.name,
            label_set=prediction.labels.id,
            model=prediction.model_id,
            photo=write_shown(photo, shown, folder),
            mask=FileData(path=str(mask_path), orig_name=mask_path.name),
            width=shown[0],
            height=shown[1],
            label_map=pack(shrink(prediction.label_map, shown)),
            classes=shown_classes(prediction),
            photo_width=photo.width,
            photo_height=photo.height,
            photo_key=value.photo_key,
            example=value.example,
            truth="" if value.truth is None else pack(shrink(value.truth, shown)),
            logits=pack_logits(prediction.logits),
        )
