"""The endpoints as tools of the Model Context Protocol, where its package is installed."""

import asyncio
import importlib.util
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from segdemo.evaluation import Pair
from segdemo.reporting import evaluate_pair
from segdemo.ui.pages.segment_inputs import first_model
from segdemo.ui.server import serves_mcp
from segdemo.zoo import list_models
from tests.ui.conftest import free_port
from tests.ui.visit import ROOT

EXAMPLES = ROOT / "segdemo" / "ui" / "examples"
PHOTO, MASK = EXAMPLES / "astronaut.jpg", EXAMPLES / "astronaut_mask.png"

needs_mcp = pytest.mark.skipif(
    importlib.util.find_spec("mcp") is None,
    reason="needs the packages of requirements-mcp.txt",
)


def test_nothing_is_served_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "0", "no"):
        monkeypatch.setenv("SEGDEMO_MCP", value)
        assert not serves_mcp()


def test_without_its_packages_the_log_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SEGDEMO_MCP", "1")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with caplog.at_level(logging.WARNING):
        assert not serves_mcp()
    assert "pip install -r requirements-mcp.txt" in caplog.text
    assert (ROOT / "requirements-mcp.txt").is_file()


@pytest.fixture(scope="module")
def mcp_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: whether there are tools is settled when it starts."""
    port = free_port()
    environment = os.environ | {
        "SEGDEMO_MCP": "1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(tmp_path_factory.mktemp("uploads")),
    }
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            if httpx.get(f"{url}/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


def upload(url: str, path: Path) -> str:
    """Upload a file and give its address, as MCP clients name files."""
    answer = httpx.post(f"{url}/gradio_api/upload", files={"files": (path.name, path.read_bytes())})
    return f"{url}/gradio_api/file={answer.json()[0]}"


@needs_mcp
def test_tools_are_described_and_answer_as_the_library_does(mcp_url: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def use() -> tuple[dict[str, str], str, str]:
        async with (
            streamable_http_client(f"{mcp_url}/gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            listed = (await session.list_tools()).tools
            files = {"photo": upload(mcp_url, PHOTO), "mask": upload(mcp_url, MASK)}
            scored = await session.call_tool("evaluate_pair", files)
            refused = await session.call_tool("segment", {"photo": "http://example.org/x.png"})
            assert refused.isError
            described = {tool.name: f"{tool.description} {tool.inputSchema}" for tool in listed}
            return described, scored.content[0].text, refused.content[0].text

    described, scored, refused = asyncio.run(use())

    assert "Label every pixel of a photo" in described["segment"]
    assert "Ground truth of the photo's size" in described["evaluate_pair"]
    expected = evaluate_pair(first_model(list_models()), Pair("astronaut", PHOTO, MASK))
    assert f"'mean_iou': {json.dumps(expected['mean_iou'])}" in scored
    assert "not uploaded here" in refused
