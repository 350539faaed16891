"""Protocol clients and nothing more: they know how to speak, not what it means."""
