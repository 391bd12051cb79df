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
TOO_LARGE = (
    "This file has more than {most_mb} MB. Make it smaller, or take fewer photos into a zip."
)

# The page that evaluates whole datasets.

EVALUATE = "Evaluate"
EVALUATE_INTRO = """# Evaluate
Score models on your own photos and masks: a leaderboard, every class, every image.
"""
ZIP = "A zip of photos and masks"
ZIP_INFO = (
    "With the folders images and masks, at most {megabytes} MB, {entries:,} files and "
    "{gigabytes:.0f} GB when unpacked. Zips within it are not opened."
)
TRY_EXAMPLE = "Try it with two example photos"
LOOSE_FILES = "Or photos and masks one by one"
LOOSE_INFO = "A mask has its photo's name: 0001.jpg and 0001.png. At most {files:,} of each."
PHOTOS = "Photos"
MASKS = "Masks"
MODELS = "Models"
MODELS_INFO = "All of them see the same photos."
READINGS = "Read the masks as"
READINGS_INFO = "Their values fit several encodings; choose, and evaluate again."
DETAILS = "Boundaries and kinds of errors too"
DETAILS_INFO = "Takes several times as long as the networks do."
STOP = "Stop"

EMPTY = (
    "Upload a zip of photos with their ground truth, or try the examples on this page. A photo and "
    "its mask have one name and one size, in two folders:"
)
EMPTY_LAYOUT = """my-data.zip
  images/  0001.jpg  0002.jpg
  masks/   0001.png  0002.png"""

NO_DATA = "Choose what to evaluate first: a zip, or photos and their masks."
NO_PARTNERS = "Photos and masks are needed both. Add the {missing}."
TWO_SOURCES = (
    "There are a zip and loose files. Remove one of the two, so that it is clear which counts."
)
NO_MODELS = "Choose at least one model."
NO_RESULT = "This result is no longer here. Evaluate again."
NOTHING_DONE = "It was stopped before the first image was done, so there is nothing to show."
NOTHING_SCORED = "No image could be scored. The table of images says why."

BROKE_OFF = (
    "A mistake in this program ended the run after {done} of {pairs} images. What follows is about "
    "those; evaluate again, or leave out the image that was next."
)
BROKE_OFF_AT_ONCE = "A mistake in this program ended the run before the first image was done."
STOPPED = "Stopped after {done} of {pairs} images. What follows is about those."
NOT_JUDGED = "{failed} of {pairs} images could not be scored; the table of images says why."
PROGRESS = "{done} of {total} images"
PROGRESS_RATE = "{rate:.1f} a second"
PROGRESS_LEFT = "about {left} left"
PROGRESS_DONE = "{done} images in {seconds:.1f} s, {rate:.1f} a second."
PROGRESS_LABEL = "Images judged"

LEADERBOARD = "Leaderboard"
CLASS_CHART = "IoU of each class over all pixels, by model."
DOWNLOADS = "Download"
DOWNLOAD_TITLES = {
    "report.html": "Report (HTML)",
    "scores.json": "Scores (JSON)",
    "per_image.csv": "Images (CSV)",
    "confusion.csv": "Confusion (CSV)",
}
MODEL = "Model"
SHOWN_MODEL = "One model closely"
PER_IMAGE = "Mean of the images' own mean IoU"
INTERVAL = (
    "Mean IoU is within {low:.4f} to {high:.4f} at {confidence:.0%}: bootstrap over the images, "
    "which holds if they are independent, as frames of one video are not."
)
CLASSES = "Classes"
CONFUSION = "What is taken for what"
CONFUSION_CHART = (
    "Confusion matrix: share of each true class's pixels. The numbers of pixels are in the CSV."
)
CALIBRATION = "Is it as sure as it is right?"
RELIABILITY_CHART = (
    "Accuracy over confidence: bars below the dashed line are answers it was too sure of."
)
WORST = "Worst images"
IMAGES = "Images"
IMAGES_INFO = "Click an image to see photo, ground truth and errors."
IMAGES_HEAD = ("image", "mean IoU", "pixel acc.", "valid pixels", "ms", "not scored because")
OPENED = "{stem} by {model}: mean IoU {mean_iou}"
