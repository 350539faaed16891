"""Hands that keep customer files: one file for each CRM, all behind `recovery.contacts.Crm`."""
