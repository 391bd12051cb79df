"""Serve the page: ``python app.py``. Host and port come from GRADIO_SERVER_NAME and _PORT."""

import os
import sys

# Before gradio is imported: it would otherwise report its start to its makers.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from segdemo.errors import SegdemoError
from segdemo.ui.page import build_page
from segdemo.ui.server import LAUNCH_OPTIONS, warm_up_first_model

try:
    demo = build_page()
except SegdemoError as error:
    sys.exit(f"segdemo: {error}")

if __name__ == "__main__":
    warm_up_first_model()
    demo.queue(max_size=32).launch(**LAUNCH_OPTIONS)
