"""The public API: what the search finds, as JSON. docs/api.md tells how to use it.

A thin door to `conditions.search`, which knows public text alone. Nothing here reads who asks,
and no query is written anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import ValidationError
from pydantic import BaseModel

from conditions.search import suggesting
from conditions.search.finding import LONGEST_QUERY, MOST_CODES, MOST_CONDITIONS, find
from conditions.search.results import Result, hits, results

MOST_RESULTS = 50
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

RULES = {
    "q": f"q may have at most {LONGEST_QUERY} characters.",
    "limit": f"limit must be a whole number from 1 to {MOST_RESULTS}.",
    "offset": f"offset must be a whole number from 0 to {MOST_CONDITIONS + MOST_CODES}.",
    "as_typed": "as_typed must be true or false.",
}
"""What somebody is told who sends something else: a sentence a parameter."""


# ── What is asked ─────────────────────────────────────────────────────────────────────────────
class SuggestQuestion(Schema):
    q: str = Field(
        "",
        max_length=LONGEST_QUERY,
        # Not `examples`: ninja copies them to where OpenAPI wants them in another form.
        description=(
            "Words, or a code in any usual spelling: `high blood presure`, `m61569`, `J45 asthma`. "
            "There are no operators, and control characters count as blanks. Nothing is found for "
            "an empty query."
        ),
    )

    @property
    def text(self) -> str:
        return " ".join(_CONTROL_CHARACTERS.sub(" ", self.q).split())


class SearchQuestion(SuggestQuestion):
    limit: int = Field(10, ge=1, le=MOST_RESULTS, description="So many results at most.")
    offset: int = Field(
        0,
        ge=0,
        le=MOST_CONDITIONS + MOST_CODES,
        description="So many of the best results are left out, to go on from there.",
    )
    as_typed: bool = Field(False, description="Whether to try no other spelling.")


# ── What is answered ──────────────────────────────────────────────────────────────────────────
# Plain models of pydantic: ninja's own wrap each value that they are made of, which costs more
# than all else that an answer takes.
Kind = Literal["condition", "code"]


class FoundPage(BaseModel):
    kind: Kind = Field(description="An article on a condition, or the page of a code.")
    title: str = Field(examples=["Asthma"])
    code: str = Field(
        description="The main ICD-10-CM code; empty for a condition without one.", examples=["J45"]
    )
    codes: list[str] = Field(description="All its codes, the main one first.", examples=[["J45"]])
    url: str = Field(
        description="The whole address of the page.",
        examples=["https://conditions.example.org/conditions/asthma/"],
    )
    snippet: str = Field(
        description=(
            "Plain text, perhaps empty: the summary of a condition; what a chapter or block spans; "
            "of a code the other name that was meant."
        ),
        examples=["A long-term disease in which the airways narrow now and then."],
    )


class SearchAnswer(BaseModel):
    query: str = Field(
        description="What was searched for: q without control characters and needless blanks.",
        examples=["astma"],
    )
    corrected: str | None = Field(
        description="The spelling that the results are for; null where it is that of the query.",
        examples=["asthma"],
    )
    total: int = Field(
        description=(
            "How many results there are in all. Of more than "
            f"{MOST_CONDITIONS} conditions and {MOST_CODES} codes not all count: another word "
            "narrows them down."
        ),
        examples=[34],
    )
    results: list[FoundPage] = Field(description="The best first.")


class SuggestedPage(BaseModel):
    kind: Kind = Field(description="An article on a condition, or the page of a code.")
    name: str = Field(description="The name that the query may become.", examples=["heart attack"])
    title: str = Field(
        description="The title of the page.", examples=["Acute myocardial infarction"]
    )
    code: str = Field(
        description="The main ICD-10-CM code; empty for a condition without one.", examples=["I21"]
    )
    url: str = Field(
        description="The address of the page on this site, without the host.",
        examples=["/codes/I21/"],
    )
    is_it: bool = Field(
        description="Whether the query is the whole name, and nothing else has that name."
    )


class SuggestAnswer(BaseModel):
    query: str = Field(
        description="What was completed: q without control characters and needless blanks.",
        examples=["heart att"],
    )
    suggestions: list[SuggestedPage] = Field(description="At most eight, the likeliest first.")


class Refusal(BaseModel):
    error: str = Field(
        description="Which parameter is wrong, and what it may be.", examples=[RULES["limit"]]
    )


# ── Addresses ─────────────────────────────────────────────────────────────────────────────────
api = NinjaAPI(
    title="Conditions and codes",
    version="1",
    description=(
        "Finds conditions and ICD-10-CM codes by code, name or symptom. Public text alone: the "
        "full treatment is not part of it. Free to use, without a key."
    ),
    urls_namespace="api",
    docs_url=None,  # the viewer comes from another host
    docs_decorator=require_safe,  # the description, too, answers GET and HEAD alone
)


def answers(path: str, model: type[BaseModel], summary: str) -> Callable[[Any], Any]:
    """Answer GET, and HEAD as everywhere on the site."""

    def register(view: Any) -> Any:
        options: Any = {"response": {200: model, 400: Refusal}, "url_name": view.__name__}
        api.get(path, operation_id=view.__name__, summary=summary, **options)(view)
        return api.api_operation(["HEAD"], path, include_in_schema=False, **options)(view)

    return register


@answers("/search", SearchAnswer, "Find conditions and codes")
def search(request: HttpRequest, question: Query[SearchQuestion]) -> SearchAnswer:
    """Conditions that answer to the query come first, then everything by how well it fits."""
    found = find(question.text, as_typed=question.as_typed)
    listed = hits(found)
    shown = listed[question.offset : question.offset + question.limit]
    return SearchAnswer(
        query=question.text,
        corrected=found.corrected or None,
        total=len(listed),
        results=[_found_page(each) for each in results(found, shown, with_articles=False)],
    )


@answers("/suggest", SuggestAnswer, "Complete a query that is being typed")
def suggest(request: HttpRequest, question: Query[SuggestQuestion]) -> SuggestAnswer:
    """Names and codes that begin as the query does, then names that have its words; none for less
    than two letters."""
    return SuggestAnswer(
        query=question.text,
        suggestions=[_suggested_page(each) for each in suggesting.suggest(question.text)],
    )


@api.exception_handler(ValidationError)
def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What is wrong, without what was sent."""
    wrong = {each["loc"][-1] for each in error.errors}
    told = Refusal(error=" ".join(rule for name, rule in RULES.items() if name in wrong))
    return api.create_response(request, told.model_dump(), status=400)


def _found_page(result: Result) -> FoundPage:
    return FoundPage(
        kind="condition" if result.kind == "condition" else "code",
        title=result.title,
        code=result.code,
        codes=list(result.codes),
        url=settings.SITE_URL + result.url,
        snippet=result.snippet,
    )


def _suggested_page(each: suggesting.Suggestion) -> SuggestedPage:
    return SuggestedPage(
        kind="condition" if each.kind == "condition" else "code",
        name=each.name,
        title=each.title,
        code=each.code,
        url=each.url,
        is_it=each.is_it,
    )
