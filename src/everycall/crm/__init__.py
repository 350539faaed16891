"""Hands that keep contacts: one file for each CRM, all behind `recovery.contacts.Crm`."""
