"""Fetching a file over the network: bounded, checked, and never left half done."""

import hashlib
import http.client
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from segdemo.errors import WeightsError

Progress = Callable[[float], None]
"""Takes the share that is done, in [0, 1]."""

_CHUNK_BYTES = 1 << 20
_TIMEOUT_S = 30.0


def fetch(url: str, path: Path, *, digest: str, megabytes: float, progress: Progress) -> None:
    """Fetch a file and check its SHA-256; nothing stays behind if anything is wrong.

    Args:
        url: Address.
        path: File to write; appears only when it is whole and checked.
        digest: First hexadecimal digits of its SHA-256.
        megabytes: Its size, in 10^6 bytes; a download much larger is broken off.
        progress: Told of every megabyte.

    Raises:
        WeightsError: If the address cannot be reached, the transfer breaks off, the file is not
            the one expected, or it cannot be written.
    """
    host = urllib.request.Request(url).host
    most_bytes = int(1.1e6 * megabytes) + _CHUNK_BYTES
    found = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fetching-") as folder:
            whole = Path(folder) / path.name
            with (
                urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer,
                whole.open("wb") as file,
            ):
                done = 0
                while chunk := answer.read(_CHUNK_BYTES):
                    done += len(chunk)
                    if done > most_bytes:
                        raise WeightsError(
                            f"{host} sent more than the {megabytes:.0f} MB expected. Nothing was "
                            "kept; update segdemo."
                        )
                    found.update(chunk)
                    file.write(chunk)
                    progress(min(done / (1e6 * megabytes), 1.0))
                if answer.length:  # what was promised and did not come; read() is silent on it
                    raise http.client.IncompleteRead(b"", answer.length)
            if not found.hexdigest().startswith(digest):
                raise WeightsError(
                    f"What {host} sent is not the file expected: its SHA-256 differs. Nothing was "
                    "kept; try again."
                )
            whole.replace(path)
    except (
        urllib.error.URLError,
        http.client.HTTPException,
        TimeoutError,
        ConnectionError,
    ) as error:
        raise WeightsError(
            f"The weights could not be fetched from {host}. Check that this machine reaches it, "
            "and try again."
        ) from error
    except OSError as error:
        raise WeightsError(
            f"The folder '{path.parent}' cannot be written. Free space there, or name another "
            "folder of weights with SEGDEMO_WEIGHTS."
        ) from error
