// Before anything is drawn: the colours that were chosen here, and that scripts run.
"use strict";

(() => {
  const root = document.documentElement;
  root.dataset.script = "";
  try {
    const chosen = localStorage.getItem("fivefold theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage may be denied: the system's colours do.
  }
})();
