"""The policy server: policies, who may change them, and the JSON of Go in which it speaks."""
