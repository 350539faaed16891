"""Getting callers back: promises from calls, dialling, calling back, the CRM."""
