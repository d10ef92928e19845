/** Says to screen readers what became of a search, when it was typed or chosen. */
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx?.sourceElement?.matches("[role=search]") || ctx.sourceEvent?.type === "history-changed") return;
  const found = document.querySelector("[data-found]");
  document.getElementById("announcement").textContent = found?.dataset.found ?? "";
});
