"""Answering questions: measures, definitions, the ledger, one call told, and why there is a dash."""
