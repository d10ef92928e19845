/** Loads what only results need, when the page is there already. */
const { rowsScript } = document.querySelector("[data-rows-script]")?.dataset ?? {};

if (rowsScript) document.head.append(Object.assign(document.createElement("script"), { src: rowsScript }));
