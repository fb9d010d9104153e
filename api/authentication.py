"""Who asks: a program by its token, a person by the session of the admin."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token …`; tokens are made in the admin and stored as digests."""

    def authenticate_credentials(self, token: bytes) -> Any:
        # Knox decodes whatever came and asks the database for it.
        if not token.isalnum():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)  # type: ignore[no-untyped-call]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        description = "`Token` and a token that was made in the admin: `Authorization: Token 1a2b…`"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}
