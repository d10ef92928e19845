/**
 * Keys: each is told here once, by the module that acts on it, and the list of shortcuts shows just these.
 * "Mod" is Ctrl, or the command key of a Mac. Keys without it work outside of fields, and can be switched off.
 */
import { memory } from "./page.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const known = [];

/** Has `act` called for `keys`, such as "Mod+Enter" or "/"; `words` say what for. It may be refused by false. */
export function shortcut(keys, words, act) {
  known.push({ keys, words, act, single: !keys.startsWith("Mod+") });
}

/** Every shortcut: its keys as they are called on this machine, and what it is for. */
export const shortcuts = () => known.map(({ keys, words }) => ({ keys: named(keys), words }));

export const singleKeysWork = () => memory.get("single-keys") !== "off";

export const allowSingleKeys = (are) => memory.set("single-keys", are ? "on" : "off");

function named(keys) {
  return keys.split("+").map((key) => (key === "Mod" ? (MAC ? "⌘" : "Ctrl") : key === "Escape" ? "Esc" : key));
}

function pressed({ key, ctrlKey, metaKey, shiftKey }) {
  const name = key.length === 1 ? key.toUpperCase() : key;
  return ctrlKey || metaKey ? `Mod+${shiftKey ? "Shift+" : ""}${name}` : name;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const found = known.find(({ keys }) => keys === pressed(event));
  if (!found || (found.single && !mayBeSingle(event))) return;
  if (found.act(event) !== false) event.preventDefault();
});

/** A key by itself is a letter in a field, and means nothing while a dialog asks something. */
function mayBeSingle({ target, key }) {
  if (key === "Escape") return true;
  return singleKeysWork() && !target.matches?.("input, textarea, select, [contenteditable]") && !document.querySelector("dialog[open]");
}
