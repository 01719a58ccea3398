// Which control is which, once what it stood in was drawn anew.

export const controlsOf = (root) =>
  [...root.querySelectorAll("input, textarea, button, a, summary")];

export const keyOf = (control) =>
  [control.tagName, control.name, control.type === "hidden" ? "" : control.value,
    control.getAttribute("href"), control.closest("form")?.elements.callback?.value].join("|");

export const sameIn = (root, key) => controlsOf(root).find((control) => keyOf(control) === key);
