/** The place that SQLite complained about, underlined until it is changed. */
import { forEachDiagnostic, linter, nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorView, keymap } from "@codemirror/view";

/** Underlines a stretch of `view`, or nothing without one. */
export function underline(view, from, to, message) {
  const marked = message === undefined ? [] : [{ from, to, severity: "error", message }];
  view.dispatch(setDiagnostics(view.state, marked));
}

/** Whether one of `changes` reaches into a stretch that is underlined. */
function touches(state, changes) {
  let found = false;
  forEachDiagnostic(state, (_, from, to) => (found ||= Boolean(changes.touchesRange(from, to))));
  return found;
}

const goneWhenChanged = EditorView.updateListener.of((update) => {
  if (update.docChanged && touches(update.startState, update.changes)) underline(update.view);
});

/** What an editor needs for that. F8 goes to the place. */
export const problems = [linter(null), goneWhenChanged, keymap.of([{ key: "F8", run: nextDiagnostic }])];
