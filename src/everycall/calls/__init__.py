"""One call, one story: what happened to it, and exactly one outcome with its reason."""
