/** What results can do beyond their links: a viewer for values, copies, chosen rows, and columns as one likes them. */
import "./rows/cells.js";
import "./rows/chosen.js";
import "./rows/columns.js";
import "./rows/copies.js";
import "./rows/viewer.js";
