/** The editor: presets fill it, Ctrl or Cmd with Enter runs it all, what is selected, or with Shift the statement at the cursor. */
import { shortcut } from "./keys.js";
import { editor, onClick } from "./page.js";
import { statementAt } from "./statements.js";
import { characters, fill, focus, onSelect, onTextChange, selection, text } from "./text.js";

let oneStatement = false;

function selected() {
  const { start, end } = selection();
  return text().slice(start, end).trim() ? { start, end } : null;
}

/** The stretch that is to run; null for all of the text. */
function part() {
  return selected() ?? (oneStatement ? statementAt(text(), selection().end) : null);
}

function nameTheButton() {
  const label = document.querySelector("#run-button > span");
  const name = selected() ? "Run selection" : "Run query";
  if (label && label.textContent !== name) label.textContent = name;
}

/** Says in the form which part runs: the server then tells places as they are in all of the text. */
function tellThePart() {
  const stretch = part();
  for (const name of ["start", "end"]) {
    const field = editor().elements[name];
    field.disabled = stretch === null;
    if (stretch) field.value = characters(text().slice(0, stretch[name]));
  }
  oneStatement = false;
}

onClick("[data-sql]", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fill(link.dataset.sql);
});

onClick(".skip", (link, event) => {
  event.preventDefault();
  focus();
});

onSelect(nameTheButton);
onTextChange(nameTheButton);

document.addEventListener("submit", ({ target }) => target === editor() && tellThePart(), true);

/** Has all run, what is selected, or else the one statement at the cursor. */
function send(one) {
  if (document.querySelector("dialog[open]")) return false;
  oneStatement = one;
  editor().requestSubmit();
}

shortcut("Mod+Enter", "Run everything, or only what is selected", () => send(false));
shortcut("Mod+Shift+Enter", "Run the statement at the cursor", () => send(true));
// What the editor does itself, once it is more than a textarea.
const itsOwn = () => false;
shortcut("Mod+Space", "Complete a name; Enter or Tab takes it", itsOwn);
shortcut("Mod+F", "Find in the text, and replace", itsOwn);
shortcut("Mod+Z", "Undo typing, a preset or Format", itsOwn);
