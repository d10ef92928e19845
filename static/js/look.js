/** All that the pages around the workbench run: the history, what runs now, what was shared. */
import "htmx.org";
import "./found.js";
import "./copy.js";
import "./door.js";
import "./switch.js";
import "./menus.js";
import "./in-place.js";
import "./by-sql.js";
import "./rows-later.js";
import "./schema.js";
import "./times.js";
