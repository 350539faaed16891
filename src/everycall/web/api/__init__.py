"""The interface for other programs, version 1."""
