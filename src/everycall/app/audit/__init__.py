"""The audit: causes, costs and remedies, made once and kept."""
