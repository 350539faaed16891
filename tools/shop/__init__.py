"""An invented online shop and its phone system, simulated call by call."""
