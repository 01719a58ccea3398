// Which options were picked here. A post looks the same to everybody, so the server cannot draw
// one's own vote into it; this tab remembers it, and nothing outlives the tab.

const key = (form) =>
  `fivefold vote ${document.body.dataset.keeps} ${form.elements.callback.value}`;

const press = (form, id) => {
  for (const option of form.querySelectorAll(".option")) {
    option.setAttribute("aria-pressed", String(option.value === id));
  }
};

export const markVote = (form, control) => {
  if (!control.matches(".option")) return;
  press(form, control.value);
  try {
    sessionStorage.setItem(key(form), control.value);
  } catch {
    // The mark lasts as long as the page.
  }
};

export const markVotesIn = (root) => {
  for (const form of root.querySelectorAll("form.choices:has(.option)")) {
    try {
      const id = sessionStorage.getItem(key(form));
      if (id !== null) press(form, id);
    } catch {
      return;
    }
  }
};

markVotesIn(document);
