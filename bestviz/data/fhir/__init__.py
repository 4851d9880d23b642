"""FHIR R4: one patient out of a Bundle or a QuestionnaireResponse, as far as its codes are known."""

from bestviz.data.fhir.read import FhirRecord, read_fhir
from bestviz.data.fhir.source import looks_like_fhir

__all__ = ["FhirRecord", "looks_like_fhir", "read_fhir"]
