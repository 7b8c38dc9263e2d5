"""Container-to-container network policy as code for Cloud Foundry.

One flow: manifests become the desired state, the platform gives the live state, both make a plan,
and the plan is reported and applied. `docs/lifecycle.md` tells one run in order.
"""

__version__ = "0.1.0"
