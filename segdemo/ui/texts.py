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

COMPARE = "Compare"
COMPARE_INTRO = """# Compare models
See what several models make of one photo, where they disagree, and what each of them costs.
"""
COMPARE_RUN = "Compare"
COMPARE_LINK = "Compare models on this photo"
MODELS_INFO = "Two to five. Changing them runs the comparison again."
NOTHING_TO_COMPARE = (
    "There are no two models of one label set here. Add weights to compare, or use the first page."
)
DISAGREEMENT = "Where they disagree"
NO_DISAGREEMENT = "They name the same class everywhere."
DISAGREEMENT_INFO = (
    "The last picture shows where: its colour is the number of different classes that the models "
    "name on a pixel, and it is clear where all agree."
)
PAIRS_INFO = (
    "How alike the pictures of each two models are, whoever is right. Mean IoU: the overlap of "
    "the two, class by class, averaged over the classes in either; same class: the share of the "
    "pixels on which both say the same. 1 and 100 % mean identical."
)
PAIRS_HEADERS = ("Models", "Mean IoU", "Same class")
TRUTH = "Ground truth"
TRUTH_TABLE = "Against the ground truth"
TRUTH_TABLE_INFO = (
    "IoU of each class: the overlap of what a model found and what is there, 0 to 1. The best of "
    "a row says so; the others show how far they are from it."
)
BEST = "best"
MEAN_IOU = "Mean IoU"
PIXEL_ACCURACY = "Pixel accuracy"
COSTS = "What they cost"
COSTS_INFO = (
    "Times of this one run on this server, one model after another: preparing the photo, the "
    "network itself, and enlarging its answer to the photo's size. Multiply-adds are counted for "
    "one photo at the size beside them."
)
COSTS_HEADERS = (
    "Model",
    "Time",
    "Prepare",
    "Network",
    "Enlarge",
    "Parameters",
    "Multiply-adds",
    "File",
)

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
    "torchvision_deeplabv3_mobile": "DeepLabV3, MobileNetV3 (torchvision)",
    "torchvision_lraspp": "LR-ASPP, MobileNetV3 (torchvision)",
    "torchvision_fcn": "FCN, ResNet-50 (torchvision)",
    "torchvision_deeplabv3": "DeepLabV3, ResNet-50 (torchvision)",
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

# --- the page of models ----------------------------------------------------------------------

MODELS = "Models"
MODELS_INTRO = """# Models
What each model sees, what it was trained on and how well it does, measured. A column's heading
sorts the table; a model's name leads to its card.
"""
MODELS_TABLE = "All models side by side"
MODELS_COLUMNS = (
    "Model",
    "Architecture",
    "Label set",
    "Mean IoU",
    "Parameters",
    "Multiply-adds",
    "File",
    "Time",
)
MODELS_CHART = "Accuracy against time"
MODELS_CHART_INFO = (
    "Further up is more accurate, further left is faster; the larger a circle, the larger the "
    "file. Data differ between charts, so models compare within one."
)
SCORE_TITLE = "mean IoU"
NOT_SCORED = "not measured"
TERMS = (
    "Mean IoU is the overlap of what a model marks and what is right, averaged over the classes: "
    "1 is perfect. Multiply-adds say how much a model computes for one photo."
)
SEES = "Sees"
TRAINED_ON = "Trained on"
TRAINING = "Training"
LIMITS = "Limits"
LICENCE = "Licence"
FILES = "Files"
SCORES_MEASURED = "Measured scores"
SCORES_PER_CLASS = "IoU per class"
TRY_IT = "Try it"
MEASURE = "Measure here"
MEASURE_INFO = "Times the model on this server now, beside whatever else it does."
MEASURE_WAIT = "Waiting for its turn, then measuring."
NO_MEASUREMENT = "It could not be measured. Try again in a minute."

CONDITIONS = {
    "ready": "Ready",
    "ready, slow": "Ready, but slow: without its .onnx file PyTorch runs it",
    "damaged": "Damaged: its file is not the one that the table names. Fetch it again",
}
"""Condition of a model's files to what the page says of it."""

ORIGIN_BUNDLED = "Bundled"
ORIGIN_TABLED = "From another folder, named in the table there"
ORIGIN_OWN = "Own: not in the table, so its checksum is not checked"

ORIGIN_DOWNLOADED = "Downloaded from its publisher"

DOWNLOADABLE = "Models of others"
DOWNLOADABLE_INFO = (
    "torchvision publishes models of PASCAL VOC's 21 classes. They are not bundled: one is fetched "
    "from PyTorch's server when its button is pressed, checked, and then offered on all pages that "
    "are opened afterwards. They run slower, in PyTorch."
)
FETCH = "Fetch, {megabytes:.0f} MB"
FETCHING = "Fetching"
NOT_FETCHED = "Not here yet."
FETCHED = "Here."

# --- the page that evaluates -----------------------------------------------------------------

TOO_LARGE = (
    "This file has more than {most_mb} MB. Make it smaller, or take fewer photos into a zip."
)

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
