/** The theme switch; theme.js puts the choice on before the next page is drawn. */
import { memory, nowAndAfterSwaps, onClick } from "./page.js";

const root = document.documentElement;

function show() {
  const chosen = root.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", button.dataset.themeChoice === chosen);
  }
}

onClick("[data-theme-choice]", ({ dataset: { themeChoice } }) => {
  if (themeChoice === "system") delete root.dataset.theme;
  else root.dataset.theme = themeChoice;
  memory.set("theme", themeChoice);
  show();
});

nowAndAfterSwaps(show);
