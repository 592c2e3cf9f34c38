"""What a plan does and costs, told to people."""

from einc.report.counts import Counts, counts
from einc.report.explanation import Explanation
from einc.report.facts import Facts, StepReport
from einc.report.figures import report
from einc.report.html import page
from einc.report.text import console_width, summary, text, wrapped

__all__ = [
    "Counts",
    "Explanation",
    "Facts",
    "StepReport",
    "console_width",
    "counts",
    "page",
    "report",
    "summary",
    "text",
    "wrapped",
]
