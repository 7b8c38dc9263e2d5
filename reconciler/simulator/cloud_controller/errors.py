"""The errors of Cloud Controller.

Source: cloud_controller_ng `errors/v2.yml`, `errors/v3.yml`, `app/presenters/v3_error_hasher.rb`.
"""

from __future__ import annotations

from reconciler.simulator.exchange import Response, json_response

JSON = "application/json; charset=utf-8"


class ApiError(Exception):
    """An answer in the shape of an error, raised where it is found out."""

    def __init__(self, status: int, code: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail

    def response(self) -> Response:
        """Give the answer that the client sees."""
        error = {"code": self.code, "title": self.title, "detail": self.detail}
        return json_response(self.status, {"errors": [error]}, JSON)


def bad_query(detail: str) -> ApiError:
    """Refuse a query parameter."""
    return ApiError(400, 10005, "CF-BadQueryParameter", f"The query parameter is invalid: {detail}")


def bad_body() -> ApiError:
    """Refuse a body that is no JSON object."""
    detail = "Request invalid due to parse error: invalid request body"
    return ApiError(400, 1001, "CF-MessageParseError", detail)


def invalid_token() -> ApiError:
    """Refuse a token that is not ours, expired or for another audience."""
    return ApiError(401, 1000, "CF-InvalidAuthToken", "Invalid Auth Token")


def not_authenticated() -> ApiError:
    """Refuse a request without a token."""
    return ApiError(401, 10002, "CF-NotAuthenticated", "Authentication error")


def not_authorized() -> ApiError:
    """Refuse what the roles and scopes of the token do not allow."""
    detail = "You are not authorized to perform the requested action"
    return ApiError(403, 10003, "CF-NotAuthorized", detail)


def feature_disabled(feature: str) -> ApiError:
    """Refuse what a feature flag switches off."""
    return ApiError(403, 330002, "CF-FeatureDisabled", f"Feature Disabled: {feature}")


def unknown_request() -> ApiError:
    """Say that there is no such URL."""
    return ApiError(404, 10000, "CF-NotFound", "Unknown request")


def not_found(what: str) -> ApiError:
    """Say that a resource does not exist, or is hidden from the caller."""
    return ApiError(404, 10010, "CF-ResourceNotFound", f"{what} not found")


def unprocessable(*details: str) -> ApiError:
    """Refuse what makes no sense."""
    return ApiError(422, 10008, "CF-UnprocessableEntity", ", ".join(details))


def not_unique(detail: str) -> ApiError:
    """Refuse a name that is taken."""
    return ApiError(422, 10016, "CF-UniquenessError", detail)


def unknown_error() -> ApiError:
    """Fail without a reason, as Cloud Controller does on exceptions that nobody handles."""
    return ApiError(500, 10001, "UnknownError", "An unknown error occurred.")


def service_unavailable(detail: str) -> ApiError:
    """Fail because of the database."""
    return ApiError(503, 10015, "CF-ServiceUnavailable", detail)
