"""The sections of the audit, each answers one question."""
