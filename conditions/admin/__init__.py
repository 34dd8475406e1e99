"""The desk of editors and reviewers: thin doors to `publishing` and `cataloguing`."""

from conditions.admin.aliases import AliasAdmin
from conditions.admin.codes import CodeAdmin
from conditions.admin.conditions import ConditionAdmin
from conditions.admin.editions import EditionAdmin
from conditions.admin.events import EventAdmin
from conditions.admin.reports import ProblemReportAdmin
from conditions.admin.wanted import WantedCodeAdmin

__all__ = [
    "AliasAdmin",
    "CodeAdmin",
    "ConditionAdmin",
    "EditionAdmin",
    "EventAdmin",
    "ProblemReportAdmin",
    "WantedCodeAdmin",
]
