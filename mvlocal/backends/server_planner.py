"""The `server` planner: an OpenAI-compatible server on this machine writes the story.

It does not know what is asked. It speaks to loopback addresses only, unless the user allows one other host by name;
it follows no redirect, uses no proxy, and believes nothing that the server sends.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from mvlocal.backends.base import PlannedStory, PlanRequest, Progress
from mvlocal.backends.written_story import Manner, Minutes, commission_of, questions_of, write_with
from mvlocal.errors import MissingError, PlanError, SettingsError
from mvlocal.story.reading import clean

MOST_BYTES = 4 * 2**20
"""The longest response that is read."""
_PIECE = 65536
_BEAT_S = 5.0
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where the server is and how it is asked. `key_env` names an environment variable; its value is never kept."""

    address: str
    model: str
    temperature: float
    timeout_s: float
    allow_host: str = ""
    key_env: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server's address taken apart."""

    secure: bool
    host: str
    port: int
    path: str


class ServerPlanner:
    """A `Planner` whose story a server on this machine writes."""

    name = "server"

    def __init__(self, manner: Manner, options: ServerOptions) -> None:
        self._manner = manner
        self._options = options

    def plan_story(self, request: PlanRequest, progress: Progress) -> PlannedStory:
        """Plans the whole song.

        Raises:
            SettingsError: an address that is not on this machine and not allowed.
            MissingError: nothing answers there in time, or not as such a server should.
            PlanError: the model gave no usable reply.
        """
        job = commission_of(request, self._manner)
        minutes = Minutes(progress, questions_of(job))
        writer = ServerWriter(self._options, minutes.beat)
        told = (self._options.address, self._options.model, self._options.temperature)
        return write_with(writer, job, minutes, self._manner.memory, f"server {told}")


class ServerWriter:
    """Asks a server for chat completions with structured output."""

    def __init__(self, options: ServerOptions, beat: Callable[[], None]) -> None:
        self._options = options
        self._endpoint = endpoint_of(options.address, options.allow_host)
        self._beat = beat

    def write_json(self, prompt: str, schema: Mapping[str, Any], seed: int, max_tokens: int) -> str:
        """The reply's text; unfinished where it ran into `max_tokens`.

        Raises:
            MissingError: nothing answers in time, or not as such a server should.
            PlanError: the server refuses the request.
        """
        body: dict[str, Any] = {
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": max_tokens,
            "seed": seed,
            "temperature": self._options.temperature,
            "stream": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "plan", "strict": True, "schema": schema},
            },
        }
        if self._options.model:
            body["model"] = self._options.model
        status, text = self._post(json.dumps(body).encode())
        if status != http.client.OK:
            raise self._refusal(status, text)
        return self._content(text)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """Status and content, beating while the server thinks. The time limit is for the whole exchange."""
        exchange = _Exchange(self._endpoint, self._headers(), body, self._options.timeout_s)
        thread = threading.Thread(target=exchange.run, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(min(_BEAT_S, self._options.timeout_s))
            exchange.cut_when_over()
            self._beat()
        if exchange.error is not None:
            raise self._unreachable(exchange.error) from exchange.error
        if len(exchange.content) > MOST_BYTES:
            raise MissingError(
                f"the server sent more than {MOST_BYTES // 2**20} MiB", where=self._options.address,
                mend="check that planner.address is that of a language model's server",
            )  # fmt: skip
        return exchange.status, bytes(exchange.content)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._options.key_env:
            key = os.environ.get(self._options.key_env, "")
            if not key or not key.isascii() or not key.isprintable():
                raise SettingsError(
                    f"the environment variable {self._options.key_env} holds no key",
                    where="planner.api_key_env",
                    mend="set it, or leave planner.api_key_env out: most servers on this machine ask for no key",
                )
            headers["Authorization"] = f"Bearer {key}"
        return headers

    def _unreachable(self, error: Exception) -> MissingError:
        address, limit = self._options.address, self._options.timeout_s
        if isinstance(error, TimeoutError):
            what = f"the language model's server gave no whole answer within {limit:g} s"
            mend = "raise planner.timeout_s, take a smaller model, or lower planner.max_tokens"
        elif isinstance(error, http.client.HTTPException):
            what = f"what answers there does not speak HTTP as it should ({type(error).__name__})"
            mend = "check that planner.address is that of a language model's server"
        else:
            said = getattr(error, "strerror", None) or str(error) or type(error).__name__
            what = f"no language model's server can be reached ({clean(said, 100)})"
            mend = "start it (llama-server, Ollama and LM Studio have one), or correct planner.address"
        return MissingError(what, where=address, mend=mend)

    def _refusal(self, status: int, text: bytes) -> MissingError | PlanError:
        said = _said(text)
        where = self._options.address
        if 300 <= status < 400:
            return MissingError(
                f"the server sends one elsewhere (status {status}), and that is not followed", where=where,
                mend="put the final address into planner.address",
            )  # fmt: skip
        if status in (401, 403):
            return MissingError(
                f"the server asks for a key (status {status}){said}", where=where,
                mend="name the environment variable that holds it in planner.api_key_env",
            )  # fmt: skip
        if status == 404:
            return MissingError(
                f"there is no such address or model on the server{said}", where=where,
                mend="check planner.address (it mostly ends in /v1) and planner.server_model",
            )  # fmt: skip
        if 400 <= status < 500:
            return PlanError(
                f"the server refuses the request (status {status}){said}", where=where,
                mend="check planner.server_model; a longer context on the server may help",
            )  # fmt: skip
        return MissingError(
            f"the server failed (status {status}){said}", where=where,
            mend="look at the server's own log, and start it anew",
        )  # fmt: skip

    def _content(self, text: bytes) -> str:
        """The text of the first choice."""
        try:
            reply: Any = json.loads(text)
            content = reply["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            content = None
        if not isinstance(content, str):
            raise MissingError(
                f"the server's answer is not a chat completion{_said(text)}", where=self._options.address,
                mend="check that planner.address is that of an OpenAI-compatible server (it mostly ends in /v1)",
            )  # fmt: skip
        return content


class _Exchange:
    """One request and its response, in a thread of its own; its socket is closed when the time is over."""

    def __init__(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes, timeout_s: float) -> None:
        self._endpoint = endpoint
        self._headers = headers
        self._body = body
        self._end_s = time.monotonic() + timeout_s
        self.status = 0
        self.content = bytearray()
        self.error: Exception | None = None
        self._socket: socket.socket | None = None

    def cut_when_over(self) -> None:
        """Ends an exchange that has lasted too long: a server that sends a byte now and then must not hold us."""
        if time.monotonic() > self._end_s and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Never raises: what went wrong stands in `error`."""
        connection = self._connection()
        try:
            connection.request("POST", self._endpoint.path, self._body, dict(self._headers))
            sock = self._socket = connection.sock
            self._limit(sock)
            response = connection.getresponse()
            self.status = response.status
            while len(self.content) <= MOST_BYTES:
                self._limit(sock)
                piece = response.read1(_PIECE)
                if not piece:
                    break
                self.content += piece
            self._left_s()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.error = TimeoutError() if time.monotonic() > self._end_s else error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        endpoint, left = self._endpoint, self._left_s()
        if endpoint.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(endpoint.host, endpoint.port, timeout=left, context=context)
        return http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=left)

    def _limit(self, sock: socket.socket | None) -> None:
        if sock is not None:
            sock.settimeout(self._left_s())

    def _left_s(self) -> float:
        left = self._end_s - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def endpoint_of(address: str, allow_host: str) -> Endpoint:
    """Takes `http://127.0.0.1:8080/v1` apart.

    Raises:
        SettingsError: not such an address, or of a host that is neither this machine nor `allow_host`.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    plain = address.isascii() and address.isprintable() and " " not in address
    if parts.scheme not in ("http", "https") or not host or not plain or parts.query or parts.fragment:
        raise SettingsError(
            f"{clean(address, 80)!r} is not the address of a server",
            where="planner.address",
            mend="write it as http://127.0.0.1:8080/v1",
        )
    if parts.username is not None or parts.password is not None:
        raise SettingsError(
            "an address may hold no name or password", where="planner.address", mend="use planner.api_key_env for a key"
        )
    if not is_loopback(host) and host != allow_host.lower().strip("[]"):
        raise SettingsError(
            f"{clean(host, 80)} is not this machine, and lyrics and brief would be sent there",
            where="planner.address",
            mend=f"use a server on 127.0.0.1; or, if you trust that host, set planner.allow_host: {clean(host, 80)}",
        )
    secure = parts.scheme == "https"
    path = f"{parts.path.rstrip('/')}/chat/completions"
    return Endpoint(secure, "127.0.0.1" if host == "localhost" else host, port or (443 if secure else 80), path)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name: no name but `localhost` is looked up or trusted."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _said(text: bytes) -> str:
    """What the server says of an error, as one short line; empty where it says nothing readable."""
    try:
        reply: Any = json.loads(text[:MOST_BYTES])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(reply, dict):
        return ""
    said: Any = cast("dict[str, Any]", reply).get("error", cast("dict[str, Any]", reply).get("message", ""))
    if isinstance(said, dict):
        said = cast("dict[str, Any]", said).get("message", "")
    return f": {clean(said, _SHOWN)}" if isinstance(said, str) and said else ""


def make(options: Mapping[str, Any], memory: Path | None = None) -> ServerPlanner:
    """The backend; `options` are the planner's settings, `memory` a folder for replies."""
    held = ServerOptions(
        address=options["address"],
        model=options["server_model"],
        temperature=options["temperature"],
        timeout_s=options["timeout_s"],
        allow_host=options["allow_host"],
        key_env=options["api_key_env"],
    )
    return ServerPlanner(Manner.of(options, memory), held)
