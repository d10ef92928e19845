/** Menus close when one clicks beside them, or presses Escape. */
const MENUS = "#databases[open], .row-menu[open]";

const close = (but) => {
  for (const menu of document.querySelectorAll(MENUS)) if (!menu.contains(but)) menu.open = false;
};

document.addEventListener("click", ({ target }) => close(target));

document.addEventListener("keydown", (event) => {
  const menu = document.activeElement?.closest(MENUS);
  if (event.key !== "Escape" || !menu) return;
  event.preventDefault();
  close(null);
  menu.querySelector("summary").focus();
});
