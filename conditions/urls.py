from django.conf import settings
from django.urls import path, register_converter

from conditions import code_views, report_views, search_views, site_views, views


class OtherLanguage:
    """A language tag in the address, such as `es`; the default language has none."""

    regex = "[a-z]{2,3}(?:-[a-z0-9]{2,8})?"

    def to_python(self, value: str) -> str:
        if value == settings.LANGUAGE_CODE:
            raise ValueError("the default language has no tag")
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(OtherLanguage, "language")

urlpatterns = [
    path("", views.home, name="home"),
    path("conditions/", views.conditions_index, name="conditions"),
    path("conditions/<slug:slug>/", views.condition, name="condition"),
    path("<language:language>/conditions/<slug:slug>/", views.condition, name="condition"),
    path("conditions/<slug:slug>/report/", report_views.report_problem, name="report_problem"),
    path("conditions/<slug:slug>/report/sent/", report_views.report_sent, name="report_sent"),
    path(
        "<language:language>/conditions/<slug:slug>/report/",
        report_views.report_problem,
        name="report_problem",
    ),
    path(
        "<language:language>/conditions/<slug:slug>/report/sent/",
        report_views.report_sent,
        name="report_sent",
    ),
    path("codes/", code_views.codes_index, name="codes"),
    path("codes/<str:key>/", code_views.code, name="code"),
    path("search/", search_views.search, name="search"),
    path("sitemap.xml", site_views.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", site_views.sitemap_part, name="sitemap_part"),
    path("robots.txt", site_views.robots, name="robots"),
    path("figures/<int:pk>/<str:file>", views.figure, name="figure"),
]
