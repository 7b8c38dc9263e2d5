"""What many spaces name alike is held once: a pattern of everybody would cost apps times spaces otherwise."""

from support.scenarios import bundle_of

from reconciler.manifests.resolving.callers import Callers
from reconciler.manifests.resolving.lookup import LiveIndex
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.numbering import Numbering


def test_a_pattern_that_many_spaces_name_is_one_list(tmp_path):
    head = "apiVersion: c2c/v1\nkind: Space\norg: acme\n"
    app = "apps: [{name: api, ports: [{name: p, tls: auto}], ingress: [{from: '*/*/*', ports: [p]}]}]\n"
    one, other = bundle_of(tmp_path, *(f"{head}space: {name}\n{app}" for name in ("web", "batch"))).bundle.spaces
    apps = [{"name": f"app-{number}"} for number in range(300)]
    live = live_state_of({"organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": apps}]}]})
    callers = Callers(LiveIndex(live), Numbering())
    (everybody,) = one.value.sources
    found = callers.seen_from(one.value)[everybody]
    assert len(set(found)) == len(apps)
    assert callers.seen_from(other.value)[everybody] is found


def test_the_place_of_an_app_is_one_object():
    numbering = Numbering()
    (app,) = live_state_of(
        {"organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": [{"name": "api"}]}]}]}
    ).apps
    for number in range(300):  # small numbers are one object in any case
        numbering.app(app._replace(app=f"app-{number}"))
    assert numbering.app(app) > 256
    assert numbering.app(app) is numbering.app(app)
