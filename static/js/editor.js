/** The editor: presets fill it, Ctrl or Cmd with Enter runs it, and with a selection only that runs. */
import { shortcut } from "./keys.js";
import { editor, onClick, textarea } from "./page.js";

let runFrom = 0;

/** Where in the editor the text begins that ran last. */
export const startOfLastRun = () => runFrom;

/** Selects a stretch of the editor's text and brings it into view. */
export function select(start, end) {
  const box = textarea();
  box.focus();
  box.setSelectionRange(start, end);
}

/** Replaces the selected text as if it had been typed, so that the browser's undo brings back what was there. */
export function type(text) {
  const box = textarea();
  box.focus();
  const typed = document.execCommand(text ? "insertText" : "delete", false, text);
  if (!typed) {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Replaces all the editor's text, in a way that undo takes back. */
function fill(sql) {
  const box = textarea();
  select(0, box.value.length);
  type(sql);
  box.scrollTop = 0;
}

function selection() {
  const box = textarea();
  const text = box.value.slice(box.selectionStart, box.selectionEnd);
  return text.trim() ? { start: box.selectionStart, text } : null;
}

function nameTheButton() {
  const label = document.querySelector("#run-button > span");
  if (label) label.textContent = selection() ? "Run selection" : "Run query";
}

onClick("[data-sql]", (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fill(link.dataset.sql);
});

document.addEventListener("selectionchange", nameTheButton);
document.addEventListener("input", nameTheButton);

shortcut("Mod+Enter", "Run everything, or only what is selected", () => document.querySelector("dialog[open]") ? false : editor().requestSubmit());

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement !== editor()) return;
  const selected = selection();
  runFrom = selected?.start ?? 0;
  if (selected) ctx.request.body.set("query", selected.text);
});
