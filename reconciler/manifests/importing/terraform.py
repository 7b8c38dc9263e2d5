"""What Terraform's state and its configuration share: the types of resources that matter, and what they are called."""

from __future__ import annotations

POLICY_TYPES = frozenset({"cloudfoundry_network_policy", "cf_network_policy"})
"""The resource of both providers; the community provider once had the short name."""

APP_TYPES = frozenset({"cloudfoundry_app", "cf_app"})
SPACE_TYPES = frozenset({"cloudfoundry_space", "cf_space"})
ORG_TYPES = frozenset({"cloudfoundry_org", "cf_org"})

LISTS = ("policy", "policies")
"""Where a resource holds its policies: the blocks of the community provider, the list of the official one."""

FIELDS = frozenset({"source_app", "destination_app", "port", "protocol"})
REQUIRED = ("source_app", "destination_app", "port")
