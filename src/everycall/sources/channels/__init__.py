"""From what Asterisk's channels did to what happened to the call; CEL and AMI both speak of channels.

A call is a handful of channels: the customer's, those of the phones that were rung, and pairs of
Local channels that only pass on. Each source turns its records into steps, and this package reads
the steps of one call together: who the customer is, who was connected with them and when, where
they waited, what they heard, and how it ended.
"""

from everycall.sources.channels.interpreting import interpret
from everycall.sources.channels.steps import PAIRED, Act, Step

__all__ = ["PAIRED", "Act", "Step", "interpret"]
