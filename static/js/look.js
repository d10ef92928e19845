/** All that the page of the history runs. */
import "htmx.org";
import "./found.js";
import "./copy.js";
import "./switch.js";
import "./times.js";
