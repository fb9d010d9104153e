"""The security headers: on every answer, and put together once where they are always the same."""

from functools import cached_property

from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_vary_headers


class ContentSecurityPolicy(CSPMiddleware):
    """Sets the policy of the settings; where a view has said something of its own, as django-csp does."""

    @cached_property
    def policy(self) -> str:
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response


class CrossOrigin(CorsMiddleware):
    """Says what pages of other sites may do. What comes from none is told only that they are told more."""

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "HTTP_ORIGIN" in request.META or not getattr(request, "_cors_enabled", False):
            return super().add_response_headers(request, response)
        patch_vary_headers(response, ("origin",))
        return response


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
