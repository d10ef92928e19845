/** Begins when the page is there and painted, for its forms work without scripts until then. */
addEventListener("load", () => import("./desk.js"));
