/** Marks the entry of the history that the page shows. */
import { nowAndAfterSwaps } from "./page.js";

nowAndAfterSwaps(() => {
  for (const link of document.querySelectorAll("#entries a[href]")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
});
