// Answers appear beside what was pressed, or in the window for one person's eyes.

import * as window_ from "./dialog.js";
import { forget } from "./drafts.js";
import { localTimes } from "./times.js";
import { markVote } from "./votes.js";

const page = document.body.dataset;
const asPiece = { headers: { "X-Requested-With": "fetch" } };
const { dialog } = window_;

let changed = () => {};
export const onChanged = (act) => { changed = act; };

const tell = (region, html) => {
  region.innerHTML = html;
  localTimes(region);
};

const regionOf = (control) => {
  const post = control.closest(".body") && control.closest("article");
  if (post) return post.querySelector("[data-answers]");
  const parent = control.closest("form") || control.parentElement;
  if (parent.nextElementSibling?.matches(".answers")) return parent.nextElementSibling;
  const region = document.createElement("div");
  region.className = "answers";
  region.setAttribute("role", "status");
  parent.after(region);
  return region;
};

// A click may have led far from where it was made, and a page may have changed under it.
const tellNear = (control, html) => {
  if (dialog.open) window_.note(html);
  else tell(control.isConnected ? regionOf(control) : document.getElementById("news"), html);
};

const sentence = (text) => {
  const paragraph = document.createElement("p");
  paragraph.className = "answer not-saved";
  paragraph.textContent = text;
  return paragraph.outerHTML;
};

const inWindow = async (html) => {
  const at = window_.onwards();
  if (at) {
    await look(at);
    window_.note(html);
    return;
  }
  const post = window_.opener();
  window_.close();
  const region = post?.querySelector("[data-answers]") ?? document.getElementById("news");
  tell(region, html);
};

const asksAgain = (form, html) => {
  const shown = new DOMParser().parseFromString(html, "text/html").querySelector("[data-keeps]");
  return form.dataset.keeps !== undefined && shown?.dataset.keeps === form.dataset.keeps;
};

const received = async (response, { control, form, at, place }) => {
  if (response.redirected) {
    location.assign(response.url);
    return;
  }
  const kind = response.headers.get("X-Answer");
  const html = await response.text();
  const id = response.headers.get("X-Event");
  if (form && id && form.elements.event) form.elements.event.value = id;
  const kept = kind === "saved" || kind === "show";
  const inside = Boolean(control.closest("dialog"));
  if (kept && form) {
    if ("clears" in form.dataset) form.reset();
    // The same form again has saved nothing: what is written in it is still a draft.
    if (kind === "saved" || !asksAgain(form, html)) forget(form);
    markVote(form, control);
  }
  if (kind === "correct") {
    window_.show(html);
    return;
  }
  if (kind === "show") {
    if (!inside) window_.comesFrom(place);
    const further = inside && control !== dialog && !form?.matches("[data-form]");
    // What follows a form is no longer that form's address.
    window_.show(html, form ? "" : at, further);
    return;
  }
  if (kind === "saved" && inside) {
    await inWindow(html);
    return;
  }
  if (kind === "saved" && form) {
    if (form.matches(".write, .own form")) changed();
    const fold = control.closest("details.own");
    if (fold) {
      fold.open = false;
      fold.querySelector("summary").focus();
    }
  }
  tellNear(control, html);
};

const send = async (request, from) => {
  const place = window_.standing(from.control);
  from.form?.setAttribute("aria-busy", "true");
  try {
    await received(await request(), { ...from, place });
  } catch {
    tellNear(from.control, sentence(page.unsent));
  } finally {
    from.form?.removeAttribute("aria-busy");
  }
};

const look = (at, control = dialog) => send(() => fetch(at, asPiece), { control, form: null, at });

window_.goBack((at) => look(at));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-live]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy")) return;
  const button = event.submitter;
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  const action = button?.getAttribute("formaction") || form.getAttribute("action");
  const control = button || form;
  send(() => fetch(action, { method: "POST", body, ...asPiece }), { control, form, at: "" });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-opens]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const at = link.getAttribute("href");
  // What is half written there must not be lost by opening it once more.
  if (!dialog.open && window_.isHalfWritten(at)) {
    window_.reopen();
    return;
  }
  look(at, link);
});
