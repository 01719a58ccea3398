// Makes the room live. Everything here is an addition: without it, forms are sent and pages loaded
// as ever.

import "./times.js";
import "./drafts.js";
import "./votes.js";
import "./views.js";
import "./answers.js";
import "./live.js";
import "./growing.js";

document.documentElement.dataset.script = "live";
