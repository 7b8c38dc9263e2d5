"""The way in: the address, the version of the API, the token and its scopes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from reconciler.cf.callers import EDITS_EVERYWHERE, READS_EVERYWHERE
from reconciler.cf.credentials import Credentials, PasscodeCredentials, SessionCredentials, TokenCredentials
from reconciler.cf.urls import origin_of
from reconciler.model.checkup import Check, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.cf.claims import Claims
    from reconciler.cf.checkup.contact import Contact
    from reconciler.cf.target import Target
    from reconciler.model.checkup import Concern
