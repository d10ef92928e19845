/**
 * The palette: everything that can be pressed on the page, its tables, queries and other pages, found by a few letters.
 * It only presses what is there, so whatever has a button is in it. A combobox with a list:
 * https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
import fuzzysort from "fuzzysort"; // finds letters in order, and ranks beginnings of words first

const MOST = 40;
const PAUSE = 200;
const dialog = document.getElementById("palette");
const box = dialog.querySelector("[role=combobox]");
const list = dialog.querySelector("[role=listbox]");
const nothing = dialog.querySelector(".empty-state");
let items = [];
let found = []; // of the history, by words
let timer;

/** Where things to press are, what they are called there, and of which kind they are. */
const SOURCES = [
  ["Command", ".toolbar button, #opened button, .tools [data-opens=shortcuts], #going-button"],
  ["Tab", "#tabs a.tab, #tabs button[aria-label], #close-tab"],
  ["Start with", "#presets [data-sql]"],
  ["Theme", "[data-theme-choice]"],
  ["Table", "#schema .table-link"],
  ["Rows", "#schema .browse"],
  ["Saved query", "#kept a, #saved .told a"],
  ["Database", "#databases a"],
  ["Page", "#palette nav a"],
  ["History", "#entries .entry > a, #found .told a"],
];

const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function nameOf(element) {
  const inside = element.querySelector(".table-name, .first-words") ?? element.closest("li")?.querySelector(".script") ?? element;
  return tidy(element.getAttribute("aria-label") || inside.textContent).slice(0, 200);
}

/** What is hidden or out of use is no command; the links of the palette itself are hidden by it alone. */
const usable = (element) => element.closest("#palette") || element.closest("details") || (!element.disabled && element.checkVisibility());

function item(kind, element) {
  return { kind, label: nameOf(element), keys: element.getAttribute("aria-keyshortcuts") ?? "", press: () => press(element) };
}

function press(element) {
  // The list of what runs opens itself at its button; a click that closes a dialog would close it again.
  element.focus?.({ preventScroll: true });
  element.click();
}

/** Each once: what ran twice is found by its newest entry. */
function collect() {
  const all = SOURCES.flatMap(([kind, selector]) => [...document.querySelectorAll(selector)].filter(usable).map((each) => item(kind, each)));
  return [...new Map(all.toReversed().map((each) => [`${each.kind} ${each.label}`, each])).values()].toReversed();
}

function wanted() {
  const words = box.value.trim();
  const all = [...items, ...found.filter(({ label }) => !items.some((each) => each.kind === "History" && each.label === label))];
  if (!words) return items.slice(0, MOST).map((each) => ({ each }));
  const hits = fuzzysort.go(words, all, { keys: ["label", ({ kind, label }) => `${kind} ${label}`], limit: MOST, threshold: 0.2 });
  const rest = found.filter((each) => !hits.some((hit) => hit.obj.label === each.label)); // words far apart, found by the server
  return [...hits.map((hit) => ({ each: hit.obj, marks: hit[0] })), ...rest.map((each) => ({ each }))].slice(0, MOST);
}

function option({ each, marks }, place) {
  const element = Object.assign(document.createElement("li"), { id: `palette-${place}`, role: "option" });
  const label = document.createElement("span");
  label.className = "label";
  const parts = marks?.score > 0 ? marks.highlight((part) => Object.assign(document.createElement("b"), { textContent: part })) : [each.label];
  label.append(...parts);
  const keys = each.keys.replace("Control", "Ctrl").replace("+", " ");
  const kind = Object.assign(document.createElement("span"), { className: "size", textContent: keys ? `${keys} · ${each.kind}` : each.kind });
  element.append(label, kind);
  element.press = each.press;
  return element;
}

function show() {
  list.replaceChildren(...wanted().map(option));
  nothing.hidden = list.childElementCount > 0;
  choose(list.firstElementChild);
}

function choose(element) {
  list.querySelector("[aria-selected=true]")?.removeAttribute("aria-selected");
  element?.setAttribute("aria-selected", "true");
  element?.scrollIntoView({ block: "nearest" });
  if (element) box.setAttribute("aria-activedescendant", element.id);
  else box.removeAttribute("aria-activedescendant");
}

function take(element) {
  if (!element) return;
  dialog.close();
  element.press();
}

/** Entries whose SQL or error holds the words, from the server; an answer that comes too late is dropped. */
async function lookBack() {
  const words = box.value.trim();
  const asked = new URLSearchParams({ q: words });
  const answer = await fetch(`${dialog.dataset.history}?${asked}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || words !== box.value.trim()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  found = [...page.querySelectorAll("#entries .entry > a")].map((link) => {
    const address = link.getAttribute("href");
    return { kind: "History", label: nameOf(link), keys: "", press: () => location.assign(address) };
  });
  const chosen = list.querySelector("[aria-selected=true] .label")?.textContent;
  show();
  choose([...list.children].find((each) => each.querySelector(".label").textContent === chosen) ?? list.firstElementChild);
}

const steps = {
  ArrowDown: (at) => at.nextElementSibling ?? list.firstElementChild,
  ArrowUp: (at) => at.previousElementSibling ?? list.lastElementChild,
  PageDown: (at) => list.children[Math.min([...list.children].indexOf(at) + 8, list.childElementCount - 1)],
  PageUp: (at) => list.children[Math.max([...list.children].indexOf(at) - 8, 0)],
};

box.addEventListener("keydown", (event) => {
  const chosen = list.querySelector("[aria-selected=true]");
  if (event.isComposing || !chosen) return;
  if (steps[event.key]) {
    event.preventDefault();
    choose(steps[event.key](chosen));
  } else if (event.key === "Enter") {
    event.preventDefault();
    take(chosen);
  }
});

box.addEventListener("input", () => {
  show();
  clearTimeout(timer);
  found = [];
  if (box.value.trim().length > 1) timer = setTimeout(lookBack, PAUSE);
});

list.addEventListener("click", ({ target }) => take(target.closest("[role=option]")));
list.addEventListener("mousedown", (event) => event.preventDefault()); // The box keeps the focus.
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

dialog.addEventListener("palette-open", () => {
  items = collect();
  found = [];
  box.value = "";
  dialog.showModal();
  box.focus();
  show();
});
