/** Where things are in a result, or in the rows of a table, which are arranged like one. */

export const results = () => document.querySelectorAll("#run .result[data-rows], #table-rows");
export const resultOf = (element) => element.closest(".result[data-rows], #table-rows");
export const table = (result) => result.querySelector(".scroll > table");
export const rowLinks = (result) => [...result.querySelectorAll("tbody th.row a")];

/** The number of a row in its result, as its link says it. */
export const numberOf = (link) => new URL(link.href).searchParams.get("row");
