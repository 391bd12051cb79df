"""A server on this machine that stands for the publisher's."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


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


@pytest.fixture
def publisher() -> Iterator[Publisher]:
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
