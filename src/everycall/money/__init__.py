"""What it cost: what the callers who were not reached were worth, from the team's own numbers."""
