"""A server on this machine that stands for the one of a publisher."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import torch
from torch import nn
from torchvision.models import get_model

from segdemo.downloads import Download, find_download


@dataclass
class Publisher:
    """What is published: path to contents; ``claimed`` says more bytes than will come."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    claimed: int = 0
    asked: list[str] = field(default_factory=list)

    def publish(self, name: str, contents: bytes) -> str:
        self.files[f"/{name}"] = contents
        return f"{self.address}/{name}"


@contextmanager
def publishing() -> Iterator[Publisher]:
    shelf = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shelf.asked.append(self.path)
            contents = shelf.files.get(self.path)
            if contents is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(contents) + shelf.claimed))
            self.end_headers()
            self.wfile.write(contents)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shelf.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield shelf
    server.shutdown()
    thread.join()
    server.server_close()


def random_network(builder: str, **fields: Any) -> nn.Module:
    """A network of torchvision whose norms are not those of a fresh one."""
    torch.manual_seed(3)
    network = get_model(builder, weights=None, weights_backbone=None, num_classes=21, **fields)
    for name, buffer in network.named_buffers():
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
    return network.eval()


def contents_of(state: object) -> bytes:
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def published(publisher: Publisher, model_id: str, contents: bytes) -> Download:
    """The download of a model, from the server here, of these contents."""
    digest = hashlib.sha256(contents).hexdigest()[:8]
    url = publisher.publish(f"weights-{digest}.pth", contents)
    return replace(find_download(model_id), url=url, megabytes=len(contents) / 1e6)
