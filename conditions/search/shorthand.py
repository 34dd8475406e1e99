"""What clinicians write for short, spelled out; and what is no part of a condition's name. Pure.

Of a query alone: names that are indexed stay as they are, and a whole query that is a name is found
by it first.
"""

from __future__ import annotations

import re

_SIDED = (
    "ankle|arm|axilla|breast|buttock|calf|cheek|chest|clavicle|ear|elbow|eye|eyelid|feet|femur|"
    "fibula|finger|flank|foot|forearm|great toe|groin|hand|heel|hip|humerus|jaw|kidney|knee|leg|"
    "lung|neck|ovary|radius|shin|shoulder|side|sided|testicle|thigh|thumb|tibia|toe|ulna|wrist"
)
_NO_CALCIUM = "".join(
    f"(?<!{level} )" for level in ("low", "high", "elevated", "raised", "serum", "ionized", "total")
)
_SHORT = tuple(
    (re.compile(rf"(?<![\w/])(?:{short})(?![\w/])", re.IGNORECASE), long)
    for short, long in (
        # The code system, and what stands for the seventh character, which no name has.
        (r"icd[\s-]*(?:9|10|11)?(?:[\s-]*cm)?", " "),
        (r"(?:initial|subsequent) encounter(?: for)?", " "),
        # What is suspected, told or done before is looked for by its own name.
        (r"r/o|rule out|c/o|p/w|s/p", " "),
        (r"h/o|hx(?: of)?", "history of"),
        (r"fhx(?: of)?", "family history of"),
        (r"d/t", "due to"),
        (r"w/o", "without"),
        (r"w/", "with"),
        (r"fx", "fracture"),
        (r"bilat", "bilateral"),
        (rf"(?:r|rt)\.?(?= (?:{_SIDED})s?\b)", "right"),
        (rf"(?:l|lt)\.?(?= (?:{_SIDED})s?\b)", "left"),
        (rf"ca(?= of\b)|(?<=[a-z] ){_NO_CALCIUM}ca(?=\s*$)", "cancer"),
    )
)


def spelled_out(query: str) -> str:
    """`r/o fx l hip` is `fracture left hip`; `icd 10 code for asthma` is `code for asthma`."""
    for short, long in _SHORT:
        query = short.sub(long, query)
    return query
