"""The two entry pages and jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.simulator.cloud_controller import presenters
from reconciler.simulator.cloud_controller.errors import not_found, unknown_error
from reconciler.simulator.exchange import Response, json_response

if TYPE_CHECKING:
    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.settings import Settings

_RESOURCES = (
    "app_usage_events",
    "apps",
    "audit_events",
    "builds",
    "deployments",
    "domains",
    "droplets",
    "feature_flags",
    "isolation_segments",
    "jobs",
    "organizations",
    "packages",
    "processes",
    "resource_matches",
    "roles",
    "routes",
    "security_groups",
    "service_brokers",
    "spaces",
    "stacks",
    "tasks",
    "users",
)


def root(base: str, settings: Settings) -> Response:
    """Answer `GET /`, where clients find every other server; no token needed.

    The network policy links are always there, with or without a policy server.
    Source: cloud_controller_ng `app/controllers/runtime/root_controller.rb`.
    """
    uaa = {"href": f"{base}/uaa"}
    links: dict[str, Any] = {
        "self": {"href": base},
        "cloud_controller_v3": {"href": f"{base}/v3", "meta": {"version": settings.api_version}},
        "network_policy_v0": {"href": f"{base}/networking/v0/external"},
        "network_policy_v1": {"href": f"{base}/networking/v1/external"},
        "login": uaa,
        "uaa": uaa,
        "credhub": None,
        "routing": None,
        "logging": None,
        "log_cache": None,
        "log_stream": None,
        "app_ssh": None,
    }
    return json_response(200, {"links": links}, "application/json;charset=utf-8")


def v3_root(base: str) -> Response:
    """Answer `GET /v3`; no token needed."""
    links = {"self": {"href": f"{base}/v3"}} | {name: {"href": f"{base}/v3/{name}"} for name in _RESOURCES}
    return json_response(200, {"links": links}, "application/json; charset=utf-8")


def get_job(call: Call, guid: str) -> Response:
    """Answer `GET /v3/jobs/:guid`; any authenticated user may."""
    job = call.world.jobs.get(guid)
    if job is None:
        raise not_found("Job")
    call.world.settle(job)
    if job.state == "FAILED" and not job.errors:
        error = unknown_error()
        job.errors = [{"code": error.code, "title": error.title, "detail": error.detail}]
    answer = call.ok(presenters.job(call, job))
    job.polls_left = max(0, job.polls_left - 1)
    return answer
