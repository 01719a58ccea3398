// Puts pieces that changed into the page: focus, ticks and what is half written stay.

import { controlsOf, keyOf, sameIn } from "./controls.js";
import { restoreIn } from "./drafts.js";
import { localTimes } from "./times.js";
import { announce, isAtEnd, isNear, newPrivate } from "./views.js";
import { markVotesIn } from "./votes.js";

const page = document.body.dataset;
const byId = (id) => document.getElementById(id);

const dress = (root) => {
  localTimes(root);
  markVotesIn(root);
  restoreIn(root);
};

const swap = (old, fresh) => {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const key = focused && keyOf(focused);
  const kept = new Map(controlsOf(old).map((control) => [keyOf(control), control]));
  for (const control of controlsOf(fresh)) {
    const before = kept.get(keyOf(control));
    if (!before) continue;
    if ("checked" in control) control.checked = before.checked;
    const pressed = before.getAttribute("aria-pressed");
    if (pressed) control.setAttribute("aria-pressed", pressed);
  }
  old.replaceWith(fresh);
  dress(fresh);
  if (key) {
    (sameIn(fresh, key) ?? fresh.closest("article"))?.focus({ preventScroll: true });
  }
};

// Whoever writes, or goes about with the keyboard, stays where they are.
const isBusy = () => document.activeElement?.matches("textarea, input, #posts :focus-visible");

// A post that was closed meanwhile takes late words only; whoever is writing is not disturbed.
const putTalk = (old, post) => {
  const was = old.querySelector("details.thread");
  const is = post.querySelector("details.thread");
  if (was.dataset.talk === is.dataset.talk) return;
  const place = was.querySelector("[data-write]");
  if ([...place.querySelectorAll("textarea")].some((area) => area.value)) return;
  if (place.contains(document.activeElement)) return;
  was.dataset.talk = is.dataset.talk;
  place.replaceChildren(...is.querySelector("[data-write]").childNodes);
  was.hidden = is.dataset.talk !== "open" && !was.querySelector(".reply");
};

export const putPost = (post) => {
  const old = byId(post.id);
  if (old) {
    swap(old.querySelector("[data-body]"), post.querySelector("[data-body]"));
    old.setAttribute("aria-label", post.getAttribute("aria-label"));
    putTalk(old, post);
    return;
  }
  const follow = isAtEnd() && !isBusy();
  byId("posts").append(post);
  dress(post);
  byId("empty").hidden = true;
  const title = post.getAttribute("aria-label");
  announce(title);
  if (follow) post.scrollIntoView({ block: "start" });
  else isNear(title);
};

export const putReply = (reply) => {
  const list = document.querySelector(`[data-replies="${CSS.escape(reply.dataset.root)}"]`);
  if (!list) return;
  const old = byId(reply.id);
  if (old) swap(old, reply);
  else list.append(reply);
  dress(reply);
  const thread = list.closest("details");
  thread.hidden = false;
  const count = list.querySelectorAll("li .body").length;
  const words = count === 1 ? page.oneReply : page.replies;
  if (count) {
    thread.querySelector("summary span").textContent = words.replace("{count}", String(count));
  }
};

const putMessage = (message) => {
  const old = byId(message.id);
  if (!old) {
    dress(message);
    newPrivate(message.getAttribute("aria-label"));
    return message;
  }
  const folds = ":scope > .earlier";
  if (Boolean(old.querySelector(folds)) !== Boolean(message.querySelector(folds))) {
    const said = old.querySelector("[data-answers]");
    message.querySelector("[data-answers]").replaceWith(said);
    old.replaceWith(message);
    dress(message);
    return message;
  }
  if (old.dataset.changed !== message.dataset.changed) {
    swap(old.querySelector("[data-body]"), message.querySelector("[data-body]"));
    old.dataset.changed = message.dataset.changed;
    old.setAttribute("aria-label", message.getAttribute("aria-label"));
  }
  return old;
};

// The whole column in its order, or nothing where nothing of it changed.
export const putPrivate = (messages) => {
  if (!messages.length) return;
  const focused = document.activeElement;
  const list = byId("messages");
  messages.map(putMessage).forEach((message, n) => {
    if (list.children[n] !== message) list.insertBefore(message, list.children[n] ?? null);
  });
  if (list.contains(focused)) focused.focus({ preventScroll: true });
};
