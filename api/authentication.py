"""Who asks: a program by its token, a person by the session of the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular import authentication as spectacular
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.permissions import SAFE_METHODS, DjangoModelPermissionsOrAnonReadOnly
from rest_framework.request import Request

from api.throttles import wrong_tokens
from timeline.models import Token, User
from timeline.permissions import token_of

SCHEME = "Token"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`; tokens are made in the admin and stored as digests.

    Runs one query, and at most once an hour for each token one that notes its use. (Knox's own runs one more,
    and deletes on the way what has expired; here the admin still shows it.)
    """

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        # Not from `request.headers`, which would first make all of them.
        words = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1").split()
        if not words or words[0].lower() != SCHEME.lower().encode():
            return None  # for somebody else
        try:
            token = self._token_of(words[1:])
        except AuthenticationFailed:
            # A token has 256 random bits: no guess will come true, they only cost queries. So one program
            # with an old token does not shut out the others at its address.
            failures = wrong_tokens(request)
            if not failures.add():
                raise Throttled(failures.wait()) from None
            raise
        if token.scope != Token.Scope.WRITE and request.method not in SAFE_METHODS:
            raise PermissionDenied("This token only reads.", "token_is_read_only")
        token.note_use()
        return token.user, token

    def _token_of(self, words: list[bytes]) -> Token:
        # What holds anything but letters and digits is asked for nowhere: it may not even be text.
        if len(words) != 1 or not words[0].isalnum():
            raise AuthenticationFailed("This is no token.")
        digest = hash_token(words[0].decode("ascii"))
        token = token_of(digest)
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("There is no such token.")
        if token.has_expired:
            raise AuthenticationFailed("The token has expired.", "token_has_expired")
        return token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the admin. Without its cookie there is none, and nothing is asked for it."""

    def authenticate(self, request: Request) -> Any:
        return super().authenticate(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None


class ModelPermissions(DjangoModelPermissionsOrAnonReadOnly):
    """Everybody reads what they are shown; writing needs the model's permission."""

    def _queryset(self, view: Any) -> Any:
        # Only its model is looked at. The view's own method would build the rows that the user may see.
        return view.queryset


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        description = "`Token` and a token that was made in the admin: `Authorization: Token 1a2b…`"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}


class SessionScheme(spectacular.SessionScheme):  # type: ignore[no-untyped-call]
    """How the schema tells of the session, in drf-spectacular's own words."""

    target_class: Any = SessionAuthentication
