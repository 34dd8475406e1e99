"""What the admin's own pages show of this site."""

from django import template

from conditions.models import ProblemReport, ReportState

register = template.Library()


@register.simple_tag
def count_new_reports() -> int:
    return ProblemReport.objects.filter(state=ReportState.NEW).count()
