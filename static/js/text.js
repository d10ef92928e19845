/**
 * The editor's text, whoever shows it: the textarea, and CodeMirror once that is there. All other modules read and
 * write it here. What the form sends is the textarea's value, and that is always the text. Places count UTF-16 units.
 */
import { textarea } from "./page.js";

const plain = {
  selection: () => ({ start: textarea().selectionStart, end: textarea().selectionEnd }),
  select(start, end) {
    textarea().focus();
    textarea().setSelectionRange(start, end);
  },
  replace(start, end, text) {
    plain.select(start, end);
    if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
    textarea().setRangeText(text, start, end, "end");
    textarea().dispatchEvent(new Event("input", { bubbles: true }));
  },
  set: (text) => (textarea().value = text),
  focus: () => textarea().focus(),
  toTop: () => (textarea().scrollTop = 0),
  underline() {},
};
let richer = null;

const shown = () => (richer?.box === textarea() ? richer : plain);

/** Has `editor` show the text of the textarea `editor.box` from now on. It has the same methods as `plain`. */
export function showWith(editor) {
  richer = editor;
  for (const act of changed.shown) act();
}

/** All of the text. */
export const text = () => textarea().value;

/** Where the selection begins and ends. */
export const selection = () => shown().selection();

/** Selects a stretch of the text, goes there, and brings it into view. */
export const select = (start, end) => shown().select(start, end);

/** Replaces a stretch as if that had been typed: undo brings back what was there. */
export const replace = (start, end, words) => shown().replace(start, end, words);

/** Replaces all of the text, in a way that undo takes back. */
export function fill(words) {
  replace(0, text().length, words);
  shown().toTop();
}

/** Puts another text into the editor, as when a page is opened: that is no change of anybody's. */
export const set = (words) => shown().set(words);

/** Goes to the editor. */
export const focus = () => shown().focus();

/** Underlines a stretch until it is changed, with a message; without arguments nothing is underlined any more. */
export const underline = (start, end, message) => shown().underline(start, end, message);

/** Whether `element` is where the text is typed. */
export const isTyping = (element) => element === textarea() || (element?.closest?.(".cm-content") ?? null) !== null;

const changed = { shown: [] };

/** Calls `act` whenever somebody changes the text. */
export function onTextChange(act) {
  document.addEventListener("input", ({ target }) => target === textarea() && act());
}

/** Calls `act` whenever something else is selected. */
export function onSelect(act) {
  document.addEventListener("selectionchange", act);
  document.addEventListener("text-selected", act);
}

/** Calls `act` when another editor begins to show the text. */
export const onShown = (act) => changed.shown.push(act);

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** How many characters `words` has as SQL counts them: JavaScript counts some of them twice. */
export const characters = (words) => words.length - (words.match(PAIR)?.length ?? 0);

/** The place in `words` behind so many characters. */
export function placeOf(words, count) {
  let place = 0;
  for (let left = count; left > 0 && place < words.length; left -= 1) place += words.codePointAt(place) > 0xffff ? 2 : 1;
  return place;
}
