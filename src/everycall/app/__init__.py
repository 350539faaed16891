"""Use cases: taking records in, and answering questions about them. Hands meet heads here."""
