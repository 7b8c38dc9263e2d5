"""Ports that look sound are not looked at closely: nothing may be missed by that."""

import hypothesis.strategies as st
from hypothesis import given

from reconciler.manifests.checks import ports as checks
from reconciler.manifests.loaded import SpaceDocument
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.space import read_space

NUMBERS = st.sampled_from([80, 81, 8080, 2222, 61001, 61443, "80-82", "82-80", "2000-3000", "61000-61500"])
PORTS = st.lists(
    st.builds(
        lambda name, number, protocol, tls: (
            {"name": name, "tls": tls} | ({} if tls == "auto" else {"port": number, "protocol": protocol})
        ),
        st.sampled_from("abcd"),
        NUMBERS,
        st.sampled_from(["tcp", "udp"]),
        st.sampled_from(["auto", "none", "manual"]),
    ),
    max_size=4,
)
EACH = (
    checks.duplicate_port_names,
    checks.automatic_ports,
    checks.duplicate_ports,
    checks.reserved_ports,
    checks.backwards_ranges,
)


@given(st.lists(PORTS, max_size=3))
def test_what_is_sound_has_no_problems(apps):
    listed = [{"name": f"app-{number}", "ports": ports} for number, ports in enumerate(apps)]
    data = {"apiVersion": "c2c/v1", "kind": "Space", "org": "acme", "space": "web", "apps": listed}
    assert is_valid("Space", data)
    item = SpaceDocument(Document("f.yml", data), read_space(data))
    assert list(checks.port_problems(item)) == [problem for check in EACH for problem in check(item)]
