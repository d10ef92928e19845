"""Plans with values that never change: what the gallery shows of them."""

from __future__ import annotations

from workbench.plans import Advice, Mark, Measured, QueryPlan, QueryPlans, Size, Step, Trial
from workbench.results import Column, Kind, Result, Run

_INDEX = "CREATE INDEX enrolment_course_day ON enrolment (course, day);"
_SCAN = Step("SCAN e", "Reads all rows of e", Mark.SCAN, "enrolment", Size(1_200_000, "about"))
_SORT = Step("USE TEMP B-TREE FOR ORDER BY", "Gathers the rows in a temporary B-tree for ORDER BY", Mark.SORT)
_SEARCH = Step(
    "SEARCH e USING INDEX enrolment_course_day (course=?)",
    "Finds rows of e by the index enrolment_course_day: course=?",
)
_HOSTILE = Step("SCAN <b>\"'", "Reads all rows of <b>\"'", Mark.SCAN, "<b>\"'" * 20, Size(3))
_DEEP = Step(
    "CORRELATED SCALAR SUBQUERY 2",
    "Subquery 2, run again for each row around it",
    Mark.REPEATED,
    steps=(
        Step(
            "SEARCH s USING AUTOMATIC COVERING INDEX (nr=?)",
            "Builds an index of s for this one run, and finds rows by it: nr=?",
            Mark.AUTOMATIC,
            steps=(Step("A LINE THAT IS NOT KNOWN", "A LINE THAT IS NOT KNOWN"), _HOSTILE),
        ),
    ),
)

_PLANS = QueryPlans(
    (
        QueryPlan(
            "SELECT * FROM enrolment AS e WHERE course = ? ORDER BY day",
            (_SCAN, _SORT),
            advice=(
                Advice(
                    _INDEX,
                    ("no full scan of enrolment", "no temporary B-tree for ORDER BY"),
                    (_SEARCH,),
                ),
                Advice(
                    "CREATE INDEX a ON enrolment (course);\nCREATE INDEX b ON student (nr);",
                    ("no full scan",),
                    (_SEARCH,),
                ),
            ),
            measurable=True,
        ),
        QueryPlan(
            "DELETE FROM student WHERE nr = (SELECT 1)", (_DEEP,), writes=True, unadvised="No index helps."
        ),
        QueryPlan("BEGIN", without="SQLite makes plans for SELECT, INSERT, UPDATE and DELETE, not for this."),
    ),
    more=450,
)
_TRYING = {"text": "", "fields": (), "read_only": False, "seconds": 10}
_TRIAL = Trial(
    "SELECT 1",
    _INDEX,
    Measured((_SCAN, _SORT), 0.74, 2),
    Measured((_SEARCH,), 0.0004, 5),
    making=1.2,
    size=4_300_000,
)
_SLOW = Result("SELECT 1", Kind.READ, (Column("n", None),), [(1,)], 1, duration=2.4)

PLANS = {
    "plans": {"plans": _PLANS, "trying": _TRYING},
    "plans-read-only": {"plans": _PLANS, "trying": _TRYING | {"read_only": True}},
    "plans-nothing": {"plans": QueryPlans(()), "trying": _TRYING},
    "trial": {"trial": _TRIAL},
    "slow": {"run": Run("SELECT 1", [_SLOW])},
}
