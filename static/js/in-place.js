/** A cell of a table is edited where it is: a double click opens its field over the table, in the form of its row. */
const dialog = Object.assign(document.createElement("dialog"), { id: "in-place" });
dialog.setAttribute("aria-label", "Edit");
document.body.append(dialog);

/** The form of a row, from the page that it has by itself, with the field in `place` alone to be seen. */
async function formOf(address, place) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("form.edit");
  const own = form?.querySelector(`[name="v_${place}"]`)?.closest(".values > div");
  if (!own) return null;
  for (const each of form.querySelectorAll(".values > div")) each.hidden = each !== own;
  return document.adoptNode(form);
}

async function edit(cell) {
  const link = cell.parentElement.querySelector("th.row a");
  const place = (cell.dataset.column ?? cell.cellIndex) - 1;
  const form = link && (await formOf(link.href, place));
  if (!form) return;
  const back = Object.assign(document.createElement("input"), { type: "hidden", name: "back", value: location.search });
  form.append(back);
  dialog.replaceChildren(form);
  dialog.showModal();
  const field = dialog.querySelector(`[name="v_${place}"]`);
  field.focus();
  field.select();
}

// What is typed is a value; NULL and the like are chosen for what they are.
dialog.addEventListener("input", ({ target }) => {
  const kind = target.closest(".edit-field")?.querySelector("select");
  if (target.name?.startsWith("v_") && ["null", "keep", "default"].includes(kind?.value)) kind.value = "auto";
});
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

document.addEventListener("dblclick", ({ target }) => {
  const cell = target.closest?.("#table .scroll tbody td");
  if (cell && document.getElementById("chosen") && !target.closest("a, details")) edit(cell);
});
