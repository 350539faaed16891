"""How people get in: log-in, second factor, invitations, the key of the first set-up."""
