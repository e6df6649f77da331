"""A tiny random GGUF, a small song to plan, and a server on the loopback address that answers as it is told."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mvlocal.backends.base import Photo, PlanRequest
from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SectionLabel, SongMap, Span
from mvlocal.schema.story import Brief
from mvlocal.weights import LockedWeights
from mvlocal.weights.sound import measure

ROOT = Path(__file__).parent.parent.parent
OPTIONS: dict[str, Any] = {
    "context": 20480, "max_tokens": 5000, "critic": True, "template": "plain", "temperature": 0.7, "gpu_layers": 0,
    "threads": 1, "address": "http://127.0.0.1:9/v1", "server_model": "", "allow_host": "", "api_key_env": "",
    "timeout_s": 5.0,
}  # fmt: skip


def tiny_model(folder: Path) -> LockedWeights:
    """The random model as `scripts/make_tiny_models.py` makes it."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from tiny_models.llm import make
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    (path,) = make(folder)
    return locked(path)


def locked(path: Path) -> LockedWeights:
    """A file as the lock would have it."""
    found = measure(path)
    return LockedWeights(path, f"llm/{path.name}", found.size_bytes, found.sha256)


def request_for(lines: tuple[str, ...], shots: int = 3, seed: int = 1, label: SectionLabel = "verse") -> PlanRequest:
    """A song of 2 s a shot with `lines` spread over it, cut on its beats."""
    length = 2.0 * shots
    step = length / max(len(lines), 1)
    sung = tuple(
        LyricLine(start_s=n * step, end_s=(n + 0.9) * step, text=text, confidence=1.0) for n, text in enumerate(lines)
    )
    song = SongMap(
        duration_s=length, tempo_bpm=120, beats_per_bar=4, beats=tuple(n / 2 for n in range(4 * shots)),
        downbeats=tuple(2.0 * n for n in range(shots)),
        sections=(Section(start_s=0, end_s=length, label=label, energy=0.5),),
        energy=EnergyCurve(step_s=1, values=(0.5,)), vocals=tuple(Span(start_s=a.start_s, end_s=a.end_s) for a in sung),
        lyrics=sung,
    )  # fmt: skip
    spans = [(2.0 * n, 2.0 * n + 2) for n in range(shots)]
    return PlanRequest("A Song", "Ilse Marren", Brief(text="night"), song, spans, [Photo("one.jpg", 1.0)], seed)


Respond = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Server:
    """What the server was asked."""

    address: str
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    paths: list[str] = field(default_factory=list[str])
    keys: list[str] = field(default_factory=list[str])
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(respond: Respond) -> Generator[Server]:
    """A server whose every POST is answered by `respond`."""
    seen = Server("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.requests.append(body)
            seen.paths.append(self.path)
            seen.keys.append(self.headers.get("Authorization", ""))
            try:
                respond(self, body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    seen.address = f"http://127.0.0.1:{httpd.server_port}/v1"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        seen.stop.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """A whole response."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def completion(text: str) -> bytes:
    """A chat completion with `text` as its content."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def drip(handler: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
    """A response whose headers never end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(600):
        handler.wfile.write(f"X-{n}: 1\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)
