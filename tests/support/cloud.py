"""A foundation through its APIs, as somebody else uses it while we are at work."""

from __future__ import annotations

from typing import Any, Self

import httpx

POLICIES = "/networking/v1/external/policies"


def api(url: str, name: str = "admin") -> httpx.Client:
    """Sign in; the password is the name."""
    form = {"grant_type": "password", "username": name, "password": name}
    # It speaks plain HTTP: reading the system's authorities would take longer than most of its answers.
    signed = httpx.post(f"{url}/uaa/oauth/token", data=form, auth=("cf", ""), verify=False)  # noqa: S501 - as said above
    token = signed.json()["access_token"]
    return httpx.Client(base_url=url, headers={"authorization": f"bearer {token}"}, verify=False)  # noqa: S501 - as above


class Cloud:
    """What somebody sees and does. Apps go by their bare names, which the example has only once each."""

    def __init__(self, url: str) -> None:
        self._api = api(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()

    def push(self, name: str, beside: str, **labels: str) -> None:
        """Make an app in the space of another one."""
        space = self._app(beside)["relationships"]["space"]
        made = self._api.post("/v3/apps", json={"name": name, "relationships": {"space": space}})
        made.raise_for_status()
        if labels:
            body = {"metadata": {"labels": labels}}
            self._api.patch(f"/v3/apps/{made.json()['guid']}", json=body).raise_for_status()

    def delete(self, name: str) -> None:
        self._api.delete(f"/v3/apps/{self._app(name)['guid']}").raise_for_status()

    def allow(self, source: str, destination: str, port: int) -> None:
        self._post(POLICIES, source, destination, port)

    def forbid(self, source: str, destination: str, port: int) -> None:
        self._post(f"{POLICIES}/delete", source, destination, port)

    def setting(self, app: str, name: str) -> str | None:
        return self._environment(self._app(app)["guid"]).get(name)

    def set(self, app: str, name: str, value: str | None) -> None:
        path = f"/v3/apps/{self._app(app)['guid']}/environment_variables"
        self._api.patch(path, json={"var": {name: value}}).raise_for_status()

    def allowed(self) -> set[str]:
        """List the policies as `a -> b tcp/1-2`; an app that is gone stands as its GUID."""
        names = {app["guid"]: app["name"] for app in self._list("/v3/apps")}
        found = self._api.get(POLICIES).raise_for_status().json()["policies"]
        return {_policy(policy, names) for policy in found}

    def world(self) -> dict[str, Any]:
        """Give everything that an apply may change."""
        apps = {app["guid"]: app["name"] for app in self._list("/v3/apps")}
        return {
            "policies": self.allowed(),
            "routes": {
                route["url"]: sorted(apps[each["app"]["guid"]] for each in route["destinations"])
                for route in self._list("/v3/routes")
            },
            "environment": {name: self._environment(guid) for guid, name in apps.items()},
        }

    def _app(self, name: str) -> Any:
        (app,) = self._list(f"/v3/apps?names={name}")
        return app

    def _list(self, path: str) -> Any:
        answer = self._api.get(path, params=dict(httpx.URL(path).params) | {"per_page": "5000"})
        return answer.raise_for_status().json()["resources"]

    def _environment(self, guid: str) -> dict[str, str]:
        return self._api.get(f"/v3/apps/{guid}/environment_variables").raise_for_status().json()["var"]

    def _post(self, path: str, source: str, destination: str, port: int) -> None:
        end = {"id": self._app(destination)["guid"], "protocol": "tcp", "ports": {"start": port, "end": port}}
        policy = {"source": {"id": self._app(source)["guid"]}, "destination": end}
        self._api.post(path, json={"policies": [policy]}).raise_for_status()


def _policy(policy: dict[str, Any], names: dict[str, str]) -> str:
    source, end = policy["source"]["id"], policy["destination"]
    ports = f"{end['ports']['start']}-{end['ports']['end']}"
    return f"{names.get(source, source)} -> {names.get(end['id'], end['id'])} {end['protocol']}/{ports}"
