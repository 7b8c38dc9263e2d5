from __future__ import annotations

import pytest

from reconciler.planning.step_codec import decode_step


@pytest.mark.parametrize(
    ("protocol", "start", "end"), [("icmp", 1, 1), ("tcp", 0, 1), ("tcp", 2, 1), ("udp", 1, 65536), ("tcp", -5, 10**30)]
)
def test_a_policy_that_no_server_takes_is_no_step(protocol, start, end):
    with pytest.raises(ValueError, match="not a policy"):
        decode_step({"do": "create_policies", "policies": [["o/s/a", "o/s/b", protocol, start, end]]})


@pytest.mark.parametrize("side", ["variables", "before"])
def test_only_the_variables_of_trust_can_be_set(side):
    step = {"do": "set_environment", "app": "o/s/a", "variables": {}, "before": {}, side: {"PATH": "/evil"}}
    with pytest.raises(ValueError, match="'PATH' is not among the variables"):
        decode_step(step)
