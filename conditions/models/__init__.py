from conditions.models.condition import Coding, Condition
from conditions.models.edition import Edition, State
from conditions.models.event import Event
from conditions.models.immutable import ChangeRefused
from conditions.models.parts import AlsoKnownAs, Figure, Picture, Reference
from conditions.models.review import MedicalReview
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
    "AlsoKnownAs",
    "Cause",
    "ChangeRefused",
    "Coding",
    "Condition",
    "Diagnosis",
    "Edition",
    "Event",
    "Figure",
    "FullTreatment",
    "MedicalReview",
    "Overview",
    "Picture",
    "Reference",
    "State",
    "Symptom",
    "Treatment",
]
