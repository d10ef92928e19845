/** The list of keys, and the switch for those without Ctrl. */
import { allowSingleKeys, shortcut, shortcuts, singleKeysWork } from "./keys.js";
import { onClick } from "./page.js";
import { isTyping } from "./text.js";

const dialog = () => document.getElementById("shortcuts");

function line({ keys, words }) {
  const row = document.createElement("div");
  const names = document.createElement("dt");
  for (const key of keys) names.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
  row.append(names, Object.assign(document.createElement("dd"), { textContent: words }));
  return row;
}

function open() {
  dialog().querySelector("dl").replaceChildren(...shortcuts().map(line));
  document.getElementById("single-keys").checked = singleKeysWork();
  dialog().showModal();
}

shortcut("Escape", "Leave the editor: Tab goes on then, and keys without Ctrl work", ({ target }) => isTyping(target) && target.blur());
shortcut("E", "Explain how it would be run", () => document.getElementById("explain-button").click());
shortcut("?", "Show this list", open);
onClick("[data-opens=shortcuts]", open);

document.addEventListener("change", ({ target }) => {
  if (target.id === "single-keys") allowSingleKeys(target.checked);
});

const [modifier] = shortcuts().find(({ keys }) => keys.length > 1)?.keys ?? [];
for (const key of document.querySelectorAll("[data-modifier]")) key.textContent = modifier;
