/** The tables and columns to complete with: asked for when the editor comes, and again when the schema has changed. */

let address;
let known = [];

/** The tables, each with `name`, `sql` (the name as it is written), `kind` and `columns` (`name`, `sql`, `type`).
 *  One of a database that is ticked in the bar has its name in `within`, and `own`, its name there. */
export const tables = () => known;

async function ask() {
  try {
    const from = new URL(address, location.href);
    for (const { value } of document.querySelectorAll("#databases [name=attach]:checked")) from.searchParams.append("attach", value);
    const answer = await fetch(from, { headers: { Accept: "application/json" } });
    if (answer.ok) known = (await answer.json()).tables;
  } catch {
    // Those that are known already will do.
  }
}

/** Asks for them at `from`. */
export function loadCatalog(from) {
  address = from;
  ask();
}

document.addEventListener("schema-changed", () => address && ask());
document.addEventListener("change", ({ target }) => address && target.matches("#databases [name=attach]") && ask());
