"""Every table, each in the module that is named for it."""

from everycall.records.jobs import Job
from everycall.records.people import Person, Team
from everycall.records.tokens import Token
from everycall.records.trail import Entry
from everycall.records.walls import Wall

__all__ = ["Entry", "Job", "Person", "Team", "Token", "Wall"]
