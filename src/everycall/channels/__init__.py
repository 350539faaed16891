"""Hands that carry messages: mail, and webhooks that are signed."""
