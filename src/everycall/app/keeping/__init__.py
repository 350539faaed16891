"""Keeping what is kept safe, and letting go of it: backup, erasure, retention, recordings."""
