"""The security headers on what Django's own middleware refuses, too."""

from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware


class SecurityHeaders(SecurityMiddleware):
    """Sets the headers that SecurityMiddleware sets, and redirects nothing.

    That one stands behind this one. For a redirect to HTTPS it asks for the host, and where the host is not
    allowed it fails, and the answer would have no headers.
    """

    def process_request(self, request: HttpRequest) -> None:
        pass

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if "X-Content-Type-Options" in response.headers:  # as almost always
            return response
        return super().process_response(request, response)
