"""Serve the page: ``python app.py``. Host and port come from GRADIO_SERVER_NAME and _PORT."""

import os

# Before gradio is imported: it would otherwise report its start to its makers.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from segdemo.ui.page import build_page
from segdemo.ui.theme import CSS, THEME

LAUNCH_OPTIONS = {
    "theme": THEME,
    "css": CSS,
    "max_file_size": "50mb",
    "footer_links": ["api", "settings"],
    "run_history": False,
}

demo = build_page()

if __name__ == "__main__":
    demo.queue(max_size=32).launch(**LAUNCH_OPTIONS)
