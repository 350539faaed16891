"""People who log in, and the teams that share work."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from everycall.records.roles import Right, Role, may


class Team(models.Model):
    """People who share queues and promises."""

    name = models.CharField(max_length=80, unique=True)
    queues = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """The table of people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Add somebody; without a password nobody can log in as them."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who logs in.

    Attributes:
        agent: the name under which the phone system knows them, if they answer calls.
        clients: the brands that they may see; empty means all, except for the role of client.
        teams: the teams whose queues they may see; without a team they see all.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Role])
    agent = models.CharField(max_length=120, blank=True)
    clients = models.JSONField(default=list, blank=True)
    teams = models.ManyToManyField(Team, blank=True, related_name="people")
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "role"]

    objects = People()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return str(self.name or self.email)

    def may(self, right: Right) -> bool:
        """Tell whether this person has a right; what is set up is of the whole house, not of a brand."""
        bound = right is Right.SET_UP and bool(self.clients)
        return self.is_active and not bound and may(self.role, right)
