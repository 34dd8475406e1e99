from django.db import models
from django.utils import timezone

from conditions.models.immutable import AppendOnly


class Event(AppendOnly):
    """Who did what to which edition and when. Ids, no foreign keys: nothing takes a row along.

    What was done to an alias names it in the note.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor_id = models.PositiveBigIntegerField(null=True, help_text="User id; empty for a command")
    action = models.CharField(max_length=40)
    condition_id = models.PositiveBigIntegerField(
        null=True, db_index=True, help_text="Empty where no condition is meant"
    )
    edition_id = models.PositiveBigIntegerField(null=True, db_index=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
