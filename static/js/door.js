/** The door to the palette, whose script comes when it is first opened: Ctrl or Cmd with K, or its button. */
import { shortcut } from "./keys.js";
import { onClick } from "./page.js";

const dialog = () => document.getElementById("palette");
let loading;

function load() {
  loading ??= new Promise((loaded, failed) => {
    const script = Object.assign(document.createElement("script"), { src: dialog().dataset.script, onload: loaded, onerror: failed });
    document.head.append(script);
  }).catch((error) => {
    loading = undefined; // It is asked for anew at the next try.
    throw error;
  });
  return loading;
}

async function open() {
  if (dialog().open) return dialog().close();
  await load();
  dialog().dispatchEvent(new Event("palette-open"));
}

shortcut("Mod+K", "Find a command, a table, a query or a page", () => void open());
onClick("[data-opens=palette]", open);
