"""Answers to HEAD: the headers of those to GET, and nothing after them.

Django makes the whole answer and leaves it to the server to hold the body back. Neither waitress nor
gunicorn does so, and on a connection that stays open the client would take the body for the beginning of
the next answer.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

Answering = Callable[[HttpRequest], HttpResponseBase]


def without_bodies(answer: Answering) -> Answering:
    """The middleware that takes the bodies away. It stands first: what the others answer is meant, too."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if request.method == "HEAD":
            take_body(response)
        return response

    return answered


def take_body(response: HttpResponseBase) -> None:
    """What it was made of is still closed with the answer."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif isinstance(response, HttpResponse) and response.content:
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
