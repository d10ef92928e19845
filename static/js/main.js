/** All that the workbench page runs: htmx, which swaps what the server renders, and small modules around it. */
import "htmx.org";
import "./announce.js";
import "./busy.js";
import "./drafts.js";
import "./editor.js";
import "./expired.js";
import "./focus.js";
import "./found.js";
import "./history.js";
import "./mistakes.js";
import "./parameters.js";
import "./schema.js";
import "./shortcuts.js";
import "./stop.js";
import "./switch.js";
import "./times.js";
import "./unanswered.js";
