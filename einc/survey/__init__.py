"""What is wrong, or hardly meant, with the einsum calls of a source tree."""

from einc.survey.findings import Finding, Survey
from einc.survey.judging import KINDS
from einc.survey.surveying import survey

__all__ = ["KINDS", "Finding", "Survey", "survey"]
