"""Small files of weights, manifests, and a loopback HTTP server that can cut, change, refuse and redirect."""

from __future__ import annotations

import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mvlocal.weights.lock import add_to_lock
from mvlocal.weights.manifest import Manifest, Model, ModelFile
from mvlocal.weights.sound import measure
from mvlocal.weights.transfer import Report, Source, fetch_file

ORIGIN = "https://weights.example"


@dataclass
class Files:
    """What the server has, and how it behaves. `cuts` are bytes after which the next answers end early."""

    content: dict[str, bytes] = field(default_factory=dict[str, bytes])
    etag: str = '"one"'
    cuts: list[int] = field(default_factory=list[int])
    status: list[int] = field(default_factory=list[int])
    redirect: str = ""
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    address: str = ""

    def transfer(self, source: Source, part: Path, report: Report) -> None:
        """As `fetch_file`, with the made-up origin led to this server."""
        fetch_file(replace(source, url=source.url.replace(ORIGIN, self.address)), part, report)


@contextmanager
def serving(files: Files) -> Generator[Files]:
    """Serves `files` on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files.asked.append(dict(self.headers.items()))
            if files.status:
                self.send_error(files.status.pop(0))
                return
            if files.redirect:
                self.send_response(302)
                self.send_header("Location", files.redirect)
                self.end_headers()
                return
            body = files.content.get(self.path)
            if body is None:
                self.send_error(404)
                return
            start = self._start(len(body))
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            if files.etag:
                self.send_header("ETag", files.etag)
            self.end_headers()
            sent = body[start:]
            self.wfile.write(sent[: files.cuts.pop(0)] if files.cuts else sent)

        def _start(self, size: int) -> int:
            wanted = self.headers.get("Range", "")
            if not wanted or self.headers.get("If-Range") != files.etag:
                return 0
            first = int(wanted.removeprefix("bytes=").rstrip("-"))
            return first if first < size else 0

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    files.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield files
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def manifest_of(*files: ModelFile, name: str = "model", **more: object) -> Manifest:
    """A manifest with one model."""
    model = Model.model_validate({"name": name, "family": "test", "licence": "MIT", "files": files, **more})
    return Manifest.model_validate({"schema": "mvlocal.models/1", "models": (model,)})


def safetensors_bytes(values: bytes = b"\x01\x02\x03\x04") -> bytes:
    """A whole safetensors file with one tensor of bytes."""
    header = b'{"a":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (len(values), len(values))
    return struct.pack("<Q", len(header)) + header + values


def put(models: Path, place: str, content: bytes, *, record: bool = True) -> Path:
    """Writes a file to its place, and into the lock where asked."""
    path = models / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if record:
        add_to_lock(models, {place: measure(path)})
    return path
