"""Clients that cost next to nothing: sockets kept open, requests made beforehand, answers only counted."""

from __future__ import annotations

import selectors
import socket
import time
from multiprocessing import get_context

_ROOM = 1 << 18


def get(path: str, port: int) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def post(path: str, port: int, body: bytes, headers: str = "") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body


class Client:
    """One connection, one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.room = bytearray(_ROOM)

    def fetch(self, request: bytes) -> tuple[float, int, bytes]:
        """The seconds from sending to the last byte, the status, and the body."""
        started = time.perf_counter()
        self.socket.sendall(request)
        parts, wanted, got = [], -1, 0
        while got != wanted:
            number = self.socket.recv_into(self.room)
            if not number:
                raise ConnectionError("The server has closed the connection.")
            parts.append(self.room[:number])
            got += number
            if wanted < 0:
                wanted = _length(b"".join(parts))
        taken = time.perf_counter() - started
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        return taken, int(head[9:12]), body

    def close(self) -> None:
        self.socket.close()


def _length(answer: bytes) -> int:
    """The whole length of an answer of which this is the beginning; -1 as long as that is not known."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return -1
    for line in answer[:end].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return end + 4 + int(line[15:])
    raise ConnectionError(f"An answer of unknown length: {answer[:300]!r}")


def rate(port: int, requests: list[bytes], *, clients: int, seconds: float) -> float:
    """Requests a second that so many clients get answered; they are driven by one loop in another process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_rate, (port, requests, clients, seconds))


def _rate(port: int, requests: list[bytes], clients: int, seconds: float) -> float:
    loop = selectors.DefaultSelector()
    room, sent, answered = bytearray(_ROOM), 0, 0
    left: dict[socket.socket, int] = {}
    for _ in range(clients):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop.register(client, selectors.EVENT_READ)
        client.sendall(requests[sent % len(requests)])
        sent += 1
        left[client] = -1
    started = time.perf_counter()
    # Until all are answered that were sent in time: one to each client at least, and none is left to the
    # server to work on while others are measured.
    while answered < sent:
        for key, _ in loop.select(0.1):
            client = key.fileobj  # type: ignore[assignment]
            number = client.recv_into(room)
            if not number:
                raise ConnectionError("The server has closed the connection.")
            if left[client] < 0:
                # Waitress sends the head in one piece.
                left[client] = _length(bytes(room[:number]))
            left[client] -= number
            if left[client] == 0:
                answered += 1
                left[client] = -1
                if time.perf_counter() - started < seconds:
                    client.sendall(requests[sent % len(requests)])
                    sent += 1
    taken = time.perf_counter() - started
    for client in left:
        client.close()
    return answered / taken
