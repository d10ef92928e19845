/** CodeMirror takes the textarea's place once the page can be used; until then, and where it cannot come, the textarea goes on. */
import { editor, nowAndAfterSwaps, textarea } from "./page.js";
import { showWith } from "./text.js";

const LATEST = 2000; // milliseconds until it is begun with, however busy the page is
let loading = null;
let mount = null;
let shown = null;

/** Puts it in the place of the textarea that is on the page now, unless a word is just being composed there. */
function show() {
  if (!mount || !textarea() || shown?.box === textarea()) return;
  shown?.destroy();
  shown = mount(textarea(), { nonce: document.querySelector("script[nonce]").nonce, catalog: editor().dataset.catalog });
  showWith(shown);
}

async function load() {
  loading ??= import(editor().dataset.codemirror);
  try {
    ({ mount } = await loading);
  } catch {
    return; // It could not be reached.
  }
  if (composing) document.addEventListener("compositionend", () => setTimeout(show), { once: true });
  else show();
}

let composing = false;
document.addEventListener("compositionstart", () => (composing = true));
document.addEventListener("compositionend", () => (composing = false));
document.addEventListener("focusin", ({ target }) => target === textarea() && load());
(window.requestIdleCallback ?? setTimeout)(load, { timeout: LATEST });
nowAndAfterSwaps(show);
