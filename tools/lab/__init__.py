"""A private Asterisk, SIP phones that call it, and the stories they play."""
