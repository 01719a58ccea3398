// What somebody has begun to write stays in this browser until it is sent.
// It is kept by person and by what it answers, and goes when it is saved or the person leaves.
// Where the browser keeps nothing, nothing is kept, and all else works.

const page = document.body.dataset;
const ours = `fivefold draft ${page.keeps} `;
const DAYS = 30;

const storage = (() => {
  try {
    localStorage.setItem("fivefold", "");
    localStorage.removeItem("fivefold");
    return localStorage;
  } catch {
    return null;
  }
})();

const all = () => Object.keys(storage ?? {}).filter((key) => key.startsWith("fivefold draft "));
const keyOf = (form) => ours + form.dataset.keeps;

const read = (key) => {
  try {
    return JSON.parse(storage?.getItem(key) ?? "null");
  } catch {
    return null;
  }
};

const HIDDEN = new Set(["csrf", "event", "callback", "form", "post", "thread", "private"]);
const written = (form) =>
  [...new FormData(form)].filter(([name]) => !HIDDEN.has(name)).map(([n, v]) => [n, String(v)]);

const fill = (form, fields) => {
  for (const control of form.elements) {
    if (!control.name || HIDDEN.has(control.name)) continue;
    const values = fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = values.includes(control.value);
    } else if ("value" in control && control.tagName !== "BUTTON") {
      control.value = values[0] ?? "";
    }
  }
};

// A form as it was drawn, so that a draft is known to have begun from the same.
const drawn = new WeakMap();

const keep = (form) => {
  const now = written(form);
  const before = drawn.get(form) ?? [];
  try {
    if (JSON.stringify(now) === JSON.stringify(before)) storage?.removeItem(keyOf(form));
    else storage?.setItem(keyOf(form), JSON.stringify({ at: Date.now(), before, now }));
  } catch {
    // Full, or denied since: what is written stays on the page.
  }
};

export const forget = (form) => {
  if (form?.dataset.keeps === undefined) return;
  storage?.removeItem(keyOf(form));
  drawn.set(form, written(form));
  form.querySelector(".draft")?.remove();
};

const told = (form, words, action, act) => {
  const note = document.createElement("p");
  note.className = "note draft";
  note.append(`${words} `);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = action;
  button.addEventListener("click", () => {
    act();
    note.remove();
    form.querySelector("textarea, input[type=text]")?.focus();
  });
  note.append(button);
  form.querySelector(".draft")?.remove();
  (form.querySelector(".line") ?? form.querySelector(".buttons")).before(note);
};

const restore = (form) => {
  if (drawn.has(form)) return;
  const before = written(form);
  drawn.set(form, before);
  const draft = read(keyOf(form));
  if (!draft || JSON.stringify(draft.now) === JSON.stringify(before)) return;
  if (JSON.stringify(draft.before) === JSON.stringify(before)) {
    fill(form, draft.now);
    for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    told(form, page.restored, page.discard, () => {
      fill(form, before);
      keep(form);
    });
  } else {
    // It was answered elsewhere meanwhile: that stands, and these words are not lost.
    told(form, page.setAside, page.putBack, () => {
      fill(form, draft.now);
      keep(form);
    });
  }
};

export const restoreIn = (root) => {
  if (storage) root.querySelectorAll("form[data-keeps]").forEach(restore);
};

const remember = (event) => {
  const form = event.target.closest?.("form[data-keeps]");
  if (form) keep(form);
};

document.addEventListener("input", remember);
document.addEventListener("change", remember);

document.getElementById("leave")?.addEventListener("submit", () => {
  for (const key of all()) if (key.startsWith(ours)) storage.removeItem(key);
});

for (const key of all()) {
  if (!(Date.now() - (read(key)?.at ?? 0) < DAYS * 86_400_000)) storage.removeItem(key);
}
restoreIn(document);
