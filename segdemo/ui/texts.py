"""Every sentence that the page shows."""

TITLE = "segdemo"

INTRO = """# segdemo
Label every pixel of a photo. Choose an architecture, see what each one makes of it, and score it
against a mask of your own.
"""

PHOTO = "Photo"
LABEL_SET = "Label set"
LABEL_SET_INFO = "What the model has learned to name."
ARCHITECTURE = "Architecture"
ARCHITECTURE_INFO = "The network family. Switching runs it on the same photo."
MASK_SECTION = "Ground truth (optional)"
MASK = "Mask of the same photo"
MASK_INFO = (
    "A PNG of class ids (palette or grey) or of the label set's colours, of the photo's own size. "
    "Its class ids are read, never its look."
)
SEGMENT = "Segment"
EXAMPLES = "Examples"
RESULT = "Result"
SCORES = "Score against the ground truth"
CLASS = "Class"
NO_VALUE = "-"

NO_PHOTO = "Choose a photo first: upload one, take one, or pick an example."
FOREIGN_PATH = "This file was not uploaded here. Upload the photo or mask itself."

FOOTER = (
    "Photos stay on this server for about a day and are not used for anything else. "
    "The street models are for research, non-commercial use."
)

ARCHITECTURE_NAMES = {
    "fcn": "FCN",
    "deeplabv3plus": "DeepLabV3+",
    "pspnet": "PSPNet",
    "unet": "U-Net",
    "segnet": "SegNet",
}
"""Architecture to the name its paper gives it, in the order in which they are offered."""
