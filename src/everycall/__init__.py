"""Everycall: what happened to every call, why, and who gets called back."""

__version__ = "0.1.0"
