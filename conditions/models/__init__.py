from conditions.models.alias import Alias, AliasKind, AliasOrigin
from conditions.models.code import Code, CodeNote, CodeRelease, Kind, NoteKind
from conditions.models.condition import Coding, Condition
from conditions.models.edition import Edition, State
from conditions.models.event import Event
from conditions.models.immutable import ChangeRefused
from conditions.models.parts import AlsoKnownAs, Figure, Picture, Reference
from conditions.models.report import ProblemReport, ReportKind, ReportState
from conditions.models.review import MedicalReview
from conditions.models.search import SearchEntry, SearchName, SearchWord, WantedCode
from conditions.models.sections import (
    PUBLIC_SECTIONS,
    Cause,
    Diagnosis,
    FullTreatment,
    Overview,
    Symptom,
    Treatment,
)

__all__ = [
    "PUBLIC_SECTIONS",
    "Alias",
    "AliasKind",
    "AliasOrigin",
    "AlsoKnownAs",
    "Cause",
    "ChangeRefused",
    "Code",
    "CodeNote",
    "CodeRelease",
    "Coding",
    "Condition",
    "Diagnosis",
    "Edition",
    "Event",
    "Figure",
    "FullTreatment",
    "Kind",
    "MedicalReview",
    "NoteKind",
    "Overview",
    "Picture",
    "ProblemReport",
    "Reference",
    "ReportKind",
    "ReportState",
    "SearchEntry",
    "SearchName",
    "SearchWord",
    "State",
    "Symptom",
    "Treatment",
    "WantedCode",
]
