"""ETags: what has not changed is not sent again, and nobody overwrites what they have not seen (RFC 9110).

The ETag of a thing is `"<version>-<digest of the body>"`. The version counts the changes of the thing
itself. The digest is there because a body also changes when something that is merely named in it is renamed,
and because `fields`, `include` and the rights of who asks make different bodies of one version.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from django.http import HttpResponse, HttpResponseNotModified
from rest_framework.request import Request

from api.exceptions import PreconditionFailed, PreconditionRequired, refusal

ANY = ("*",)

_tag = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_tags = re.compile(rf"[ \t]*{_tag}(?:[ \t]*,[ \t]*{_tag})*[ \t]*")
_of_version = re.compile(r'"(\d{1,10})-[0-9a-f]{16}"')


class Answer(NamedTuple):
    """A body that is ready to be sent, with what names it and says where it stands."""

    body: bytes
    status: int = 200
    etag: str = ""
    location: str = ""

    def response(self) -> HttpResponse:
        headers = {"ETag": self.etag, "Location": self.location}
        given = {name: value for name, value in headers.items() if value}
        return HttpResponse(self.body, "application/json", self.status, headers=given)


def etag_of(version: int | None, body: bytes) -> str:
    """The ETag of a thing, or of a list, which has no version."""
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the client has what the ETag names, by If-None-Match: the answer is then a 304.

    Weak tags count as strong ones here, and a header that is no list of tags names nothing.
    """
    tags = _read(request.META.get("HTTP_IF_NONE_MATCH", "")) or ()
    return tags == ANY or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}


def unless_known(request: Request, answer: Answer) -> HttpResponse:
    """The answer, or a 304 where the client has it."""
    if not is_known(request, answer.etag):
        return answer.response()
    return not_modified(answer.etag)


def not_modified(etag: str) -> HttpResponse:
    return HttpResponseNotModified(headers={"ETag": etag})


def check_version(request: Request, version: int) -> None:
    """Refuse to change a thing that is not at the version which the client has seen, by If-Match.

    Only the version in a tag counts, see above. A weak tag never matches.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired()
    tags = _read(header)
    if tags is None:
        message = "If-Match is the ETag that came with what is to be changed, with its quotation marks, or *."
        raise refusal("If-Match", message, "invalid_etag")
    versions = {int(found[1]) for tag in tags if (found := _of_version.fullmatch(tag))}
    if tags != ANY and version not in versions:
        raise PreconditionFailed()


def _read(header: str) -> tuple[str, ...] | None:
    """The tags of a header; None if it is no list of them."""
    if header.strip() == "*":
        return ANY
    return tuple(re.findall(_tag, header)) if _tags.fullmatch(header) else None
