"""Rows that never change once written. Python refuses clearly, database triggers below it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class ChangeRefused(Exception):
    """Something that is written down for good was about to be changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise ChangeRefused(f"{self.model._meta.verbose_name} rows are append-only.")

    def delete(self) -> NoReturn:
        raise ChangeRefused(f"{self.model._meta.verbose_name} rows are append-only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangeRefused(f"{self.model._meta.verbose_name} rows are append-only.")


class AppendOnly(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ChangeRefused(f"{self._meta.verbose_name} rows are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ChangeRefused(f"{self._meta.verbose_name} rows are append-only.")


class EditionPart(models.Model):
    """A row of an edition's text: free while the edition is open, fixed once it was approved."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_fixed()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_fixed()
        return super().delete(*args, **kwargs)

    def _refuse_if_fixed(self) -> None:
        edition: Any = self.edition  # type: ignore[attr-defined]  # each part has one
        if edition.is_fixed:
            raise ChangeRefused(
                f"{edition} was approved: its text never changes. Start a new edition instead."
            )
