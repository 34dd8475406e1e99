"""The page of the search. Private: an address with a query is kept in no shared cache."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conditions.search.finding import LONGEST_QUERY
from conditions.search.page import Asked, asked_in, results_page
from conditions.search.wanted import note_wanted


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request.GET)
    if len(asked.query) > LONGEST_QUERY:
        cut = {"query": asked.query[:LONGEST_QUERY], "typed": len(asked.query)}
        return render(request, "conditions/search_start.html", cut, status=HTTPStatus.BAD_REQUEST)
    if not asked.query:
        return render(request, "conditions/search_start.html")
    context = results_page(asked)
    if request.method == "GET" and asked == Asked(asked.query):
        note_wanted(context["found"], context["listed"])
    template = "search" if context["every"] else "search_nothing"
    return render(request, f"conditions/{template}.html", context)
