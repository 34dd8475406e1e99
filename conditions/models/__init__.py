from conditions.models.condition import Coding, Condition
from conditions.models.edition import (
    AlsoKnownAs,
    Edition,
    Figure,
    MedicalReview,
    Picture,
    Reference,
    State,
)
from conditions.models.event import Event
from conditions.models.immutable import ChangeRefused
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
