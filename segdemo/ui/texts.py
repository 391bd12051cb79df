"""Sentences of the page's layout.

What a run says stands with the code that computes it; what the viewer says, in ``viewer/``.
"""

TITLE = "segdemo"

INTRO = """# segdemo
Label every pixel of a photo. Switch between architectures, see what each one makes of it, and score
them against a mask of your own.
"""

PHOTO = "Photo"
LABEL_SET = "Label set"
LABEL_SET_INFO = "What the model has learned to name."
ARCHITECTURE = "Architecture"
ARCHITECTURE_INFO = "The network family. Switching runs it on the same photo."
MASK_SECTION = "Ground truth (optional)"
MASK = "Mask of the same photo"
MASK_INFO = (
    "Of the photo's own size: a PNG, TIFF or BMP of class ids or exact colours (VOC, CamVid, "
    "Cityscapes, ADE20K, binary), a .npy of ids, or COCO's JSON. How it was read is shown."
)
READING = "Read the mask as"
READING_INFO = "Its values fit several encodings; the likelier one was taken."
SEGMENT = "Segment"
EXAMPLES = "Or try one of these"
WITH_MASK = "with ground truth"
WITHOUT_MASK = "photo only"
SCORES = "Score against the ground truth"
CONVENTIONS = "What other libraries would print"
CONVENTIONS_INFO = (
    "Mean IoU of the same masks by the rules of other libraries. segdemo counts as the first one."
)
CONVENTIONS_HEADERS = ("Library", "Mean IoU", "How it counts")
CLASS = "Class"
NO_VALUE = "-"

NO_PHOTO = "Choose a photo first: upload one, take one, or pick an example."
FOREIGN_PATH = "This file was not uploaded here. Upload the photo or mask itself."

EXPIRED = "This file is no longer here: uploads are deleted after a day. Upload it again."

FOOTER = (
    "Photos stay on this server for about a day and are not used for anything else. "
    "All models are for research; the street models for non-commercial use only."
)

ARCHITECTURE_NAMES = {
    "fcn": "FCN",
    "deeplabv3plus": "DeepLabV3+",
    "pspnet": "PSPNet",
    "unet": "U-Net",
    "segnet": "SegNet",
}
"""Architecture to the name its paper gives it, in the order in which they are offered."""

# --- endpoints for other programs ------------------------------------------------------------

API_MODEL = "Model"
API_FACTS = "Facts"
API_MASK = "Mask"
API_SCORES = "Scores"
API_FILE = "A file, uploaded by the client. Addresses of other servers are refused."
API_NO_PHOTO = "There is no photo in this request. Give one as 'photo'."
API_NO_MASK = "There is no mask in this request. Give the photo's ground truth as 'mask'."
