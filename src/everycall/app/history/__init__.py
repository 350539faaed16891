"""Reading and counting what is kept: every question and every count goes through here."""
