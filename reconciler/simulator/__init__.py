"""The embedded foundation: UAA, Cloud Controller v3 and the policy server over one pure world."""
