"""Hands that carry messages: mail, webhooks that are signed, chats."""
