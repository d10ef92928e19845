/** The page that explains the API: examples are sent and answered in place, commands are copied. */
import { onClick } from "./page.js";

const SHOWN_FOR = 1500;

/** JSON with line ends for a reader; anything else as it came. */
function legible(text, type) {
  if (!/^application\/(problem\+)?json/.test(type)) return text;
  try {
    // Integers beyond 2^53 would lose digits in being read: such an answer is shown as it came.
    return /\d{16}/.test(text) ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, properties);
}

function show(place, heading, text) {
  const body = element("pre", text, { tabIndex: 0, role: "group", ariaLabel: "Answer" });
  place.replaceChildren(element("p", heading), body);
  place.hidden = false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-try]")) return;
  event.preventDefault();
  const place = form.parentElement.querySelector(".given");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const type = answer.headers.get("Content-Type") ?? "";
    show(place, `${answer.status} · ${type}`, legible(await answer.text(), type));
  } catch {
    show(place, "No answer", "The workbench could not be reached, or the answer broke off.");
  } finally {
    button.disabled = false;
    button.focus();
  }
});

onClick("[data-copy]", async (button) => {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), SHOWN_FOR);
  } catch {
    getSelection().selectAllChildren(code); // Pages that are not encrypted may not copy: it is marked then.
  }
});
