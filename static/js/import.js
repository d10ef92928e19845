/** All that the page of imports runs: htmx asks how far an import has come. */
import "htmx.org";
import "./switch.js";
import "./menus.js";
import "./times.js";
