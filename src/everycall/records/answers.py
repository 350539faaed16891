"""Answers that were given to programs, kept for a day so that a repeated request gets the same."""

from typing import ClassVar

from django.db import models

from everycall.records.tokens import Token


class Answer(models.Model):
    """What a program got that named its request; until it is done, that it is being answered."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    done = models.BooleanField(default=False)
    body = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")
        ]

    def __str__(self) -> str:
        return self.key
