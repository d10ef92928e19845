"""What is asked of the engine beside runs: seen among them, stopped like them, in a slot like theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workbench.contention import explain_lock
from workbench.errors import WorkbenchError
from workbench.jobs import Job
from workbench.results import Run
from workbench.runner import Runner
from workbench.running import Running
from workbench.supervisor import Caller
from workbench.terms import refuse_nul
from workbench.waiting import Answer, LastWords, Waiting


class Errands:
    """Goes to the engine with the slots, the line and the time limits of every run."""

    def __init__(self, runner: Runner, running: Running) -> None:
        self.runner = runner
        self._running = running

    @contextmanager
    def at_work(self, person: str, job: Job, waiting: Waiting) -> Iterator[tuple[Run, Caller]]:
        """Where it is seen, can be stopped, and has a slot; an error says what can be found out of it."""
        run = Run(job.script)
        try:
            refuse_nul(job)
            with self._running.enter(waiting.request_id, person, job.script, waiting.left) as ticket:
                words = self._as_last(waiting.last_words)
                with self.runner.supervisor.slot(job):
                    yield run, Caller(last_words=words, ticket=ticket)
        except WorkbenchError as error:
            self.runner.explained(error)
            if error.code == "SQLITE_BUSY":
                holder = self.runner.engine.holder()
                error.explanation = explain_lock(holder, self._running, person, self.runner.engine.wait)
            raise

    def _as_last(self, last_words: LastWords | None) -> Callable[[Run], None] | None:
        """How to answer when nothing interrupts what runs, and it still blocks its engine."""
        if last_words is None:
            return None

        def speak(run: Run) -> None:
            self.runner.engine = self.runner.engine.apart()
            last_words(Answer(run, None))

        return speak
