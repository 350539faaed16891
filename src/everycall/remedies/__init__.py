"""What would have caught the callers who were missed: causes, evidence, and the smallest change."""
