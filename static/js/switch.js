/** The theme switch; the cookie tells the server, which makes the next page so that no other theme flashes. */
import { nowAndAfterSwaps, onClick } from "./page.js";

const root = document.documentElement;
const YEAR = 31536000;

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
  document.cookie = `theme=${choice}; path=/; max-age=${YEAR}; samesite=lax`;
  show();
  button.parentElement.querySelector("[aria-pressed=true]").focus();
});

nowAndAfterSwaps(show);
