/** The theme switch; theme.js puts the choice on before the next page is drawn. */
import { memory, nowAndAfterSwaps, onClick } from "./page.js";

const root = document.documentElement;

function show() {
  const chosen = root.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", button.dataset.themeChoice === chosen);
  }
}

/** The choice of `button`; of the one after it when it is chosen already (narrow screens show only that one). */
function choiceOf(button) {
  if (button.getAttribute("aria-pressed") !== "true") return button.dataset.themeChoice;
  return (button.nextElementSibling ?? button.parentElement.firstElementChild).dataset.themeChoice;
}

onClick("[data-theme-choice]", (button) => {
  const choice = choiceOf(button);
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  memory.set("theme", choice);
  show();
  button.parentElement.querySelector("[aria-pressed=true]").focus();
});

nowAndAfterSwaps(show);
