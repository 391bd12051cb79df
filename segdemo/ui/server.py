"""How the page is served: limits, health, what is refused, and a model made ready beforehand."""

import importlib.util
import logging
import os
import re
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from segdemo.errors import SegdemoError
from segdemo.predictor import predictor_of
from segdemo.ui.handlers import DEVICE
from segdemo.ui.inputs import MOST_UPLOADED_MB
from segdemo.ui.pages.segment_inputs import first_model
from segdemo.ui.theme import CSS, THEME
from segdemo.zoo import list_models

_LOGGER = logging.getLogger(__name__)
_FILE_ADDRESS = re.compile(r"/file=\s*[a-z][a-z0-9+.-]+:/", re.IGNORECASE)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LocalFilesOnly:
    """Refuses ``/gradio_api/file=<address>``: Gradio would fetch that address for anyone.

    Args:
        app: What answers everything else.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and _FILE_ADDRESS.search(scope["path"]):
            await PlainTextResponse("This server fetches nothing.", 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _health(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def serves_mcp() -> bool:
    """Whether the endpoints are tools of the Model Context Protocol too: asked for and possible.

    ``SEGDEMO_MCP=1`` asks for it; without the packages of requirements-mcp.txt the page is served
    all the same, and the log says what is missing.
    """
    if os.environ.get("SEGDEMO_MCP") != "1":
        return False
    if importlib.util.find_spec("mcp") is None:
        _LOGGER.warning(
            "SEGDEMO_MCP=1 needs more packages: pip install -r requirements-mcp.txt. The page is "
            "served without MCP."
        )
        return False
    return True


# Given to launch() rather than to an application around it: so ``python app.py``, Hugging Face's
# ZeroGPU, which replaces launch(), and tests all serve the same.
LAUNCH_OPTIONS: dict[str, Any] = {
    "theme": THEME,
    "css": CSS,
    "max_file_size": f"{MOST_UPLOADED_MB}mb",
    "footer_links": ["api", "settings"],
    "run_history": False,
    "mcp_server": serves_mcp(),
    "app_kwargs": {
        "middleware": [Middleware(LocalFilesOnly)],
        "routes": [Route("/healthz", _health)],
    },
}
"""Options of Gradio's ``launch()``."""


def warm_up_first_model() -> threading.Thread:
    """Load the model that is offered first, in the background: its first visitor need not wait.

    Returns:
        The thread that loads; it ends by itself. Damaged files are logged: whoever uses the
        model is told then.
    """

    def load() -> None:
        entry = first_model(list_models())
        try:
            predictor_of(entry, device=DEVICE)
        except SegdemoError as error:
            _LOGGER.warning("%s is not ready: %s", entry.model_id, error)

    thread = threading.Thread(target=load, name="warm-up", daemon=True)
    thread.start()
    return thread
