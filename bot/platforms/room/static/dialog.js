// The one window for what a single person sees: forms, handouts, results, their part.

import { keyOf, sameIn } from "./controls.js";
import { restoreIn } from "./drafts.js";
import { localTimes } from "./times.js";

const byId = (id) => document.getElementById(id);

export const dialog = byId("dialog");
const content = byId("dialog-content");
const answers = byId("dialog-answers");
const back = byId("dialog-back");

// `address` is where what is shown can be asked for again ("" if it cannot), `trail` the
// addresses that led there, `opener` the post that it was opened from and `key` what was pressed.
const now = { address: "", trail: [], opener: "", key: "" };

export const opener = () => byId(now.opener);
export const address = () => now.address;
export const isHalfWritten = (at) => now.address === at && content.querySelector("form[data-form]");
export const asks = () => Boolean(content.querySelector("form[data-form]"));

export const reopen = () => dialog.showModal();

const name = () => {
  const title = content.querySelector("h2, h3, h4");
  dialog.setAttribute("aria-label", title?.textContent || dialog.dataset.name);
};

export const note = (html) => {
  answers.innerHTML = html;
  localTimes(answers);
  if (html) answers.scrollIntoView({ block: "nearest" });
};

// `at` is where it came from; null says that it is the same once more. `further` says that it is
// one step further in: the way back leads to what was shown, if that can be asked for again.
export const show = (html, at = null, further = false) => {
  if (!dialog.open) now.trail = [];
  else if (further && now.address) now.trail.push(now.address);
  if (at !== null) now.address = at;
  back.hidden = !now.trail.length;
  content.innerHTML = html;
  localTimes(content);
  restoreIn(content);
  name();
  note("");
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  const wrong = content.querySelector("[aria-invalid], .field:has(.error) input");
  const title = content.querySelector("h2, h3, h4");
  if (title) title.tabIndex = -1;
  (wrong || title || dialog).focus();
};

// Where a control stands, noted when it is pressed: the answer may come when it was drawn anew.
export const standing = (control) => ({
  opener: control.closest("article")?.id || control.id,
  key: keyOf(control),
});

export const comesFrom = (place) => Object.assign(now, place);

// Where to go on after something was saved: what led here, or else what is shown if it can be read
// again; "" if there is nothing left to look at.
export const onwards = () => (asks() ? "" : now.address) || now.trail.pop() || "";

export const close = () => {
  now.address = "";
  now.trail = [];
  content.replaceChildren();
  dialog.close();
};

export const goBack = (ask) =>
  back.addEventListener("click", () => {
    const at = now.trail.pop();
    if (at) ask(at);
  });

dialog.addEventListener("close", () => {
  if (!asks()) {
    now.address = "";
    content.replaceChildren();
  }
  // The browser goes back to what was pressed, unless that has been replaced since.
  const at = document.activeElement;
  if (at !== document.body && !dialog.contains(at)) return;
  const post = opener();
  if (post) (sameIn(post, now.key) ?? post).focus({ preventScroll: true });
});
