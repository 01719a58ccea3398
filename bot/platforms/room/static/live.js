// Posts appear and change as they do on the server, without the page being loaded again.

import { onChanged } from "./answers.js";
import { setClock } from "./clock.js";
import { putPost, putPrivate, putReply } from "./pieces.js";

const page = document.body.dataset;
const base = page.room;
const byId = (id) => document.getElementById(id);

// A control that is replaced while it is held down would never be clicked.
let held = false;
for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(type, () => { held = type === "pointerdown"; }, { capture: true });
}
const letGo = () => new Promise((resolve) => {
  if (!held) resolve();
  for (const type of ["pointerup", "pointercancel"]) {
    addEventListener(type, () => setTimeout(resolve), { once: true });
  }
});

const refresh = async () => {
  const response = await fetch(`${base}/changes?since=${page.mark}`, {
    headers: { "X-Requested-With": "fetch" },
  });
  if (response.redirected) location.assign(response.url);
  if (!response.ok) return;
  const pieces = new DOMParser().parseFromString(await response.text(), "text/html");
  await letGo();
  page.mark = response.headers.get("X-Mark");
  pieces.querySelectorAll("[data-public] > article").forEach(putPost);
  pieces.querySelectorAll("[data-public] > li").forEach(putReply);
  putPrivate([...pieces.querySelectorAll("[data-private] > article")]);
  const people = pieces.getElementById("people-list");
  byId("people-count").textContent = people.dataset.here;
  byId("people-list").replaceWith(people);
};

let wanted = "";
const isBehind = () => {
  const shown = page.mark.split(".").map(Number);
  return wanted.split(".").some((version, n) => Number(version) > shown[n]);
};

// Not everybody at once, and not more often than anybody can read; but one's own at once.
const SPACING = 2500;
let last = -SPACING;
let refreshing = null;
const refreshSoon = (own = false) => {
  const wait = Math.max(150 + Math.random() * 700, last + SPACING - performance.now());
  if (own && refreshing) {
    clearTimeout(refreshing);
    refreshing = null;
  }
  refreshing ||= setTimeout(async () => {
    last = performance.now();
    try {
      await refresh();
    } catch {
      setTimeout(refreshSoon, 5000);
    } finally {
      refreshing = null;
      if (isBehind()) refreshSoon();
    }
  }, own ? 0 : wait);
};

let stream = null;
const listen = () => {
  stream?.close();
  stream = new EventSource(`${base}/events?since=${page.mark}`);
  stream.addEventListener("changed", (event) => {
    wanted = event.data;
    if (isBehind()) refreshSoon();
  });
  stream.addEventListener("clock", (event) => {
    const [now, rate, pace] = event.data.split(" ");
    setClock(now, Number(rate), pace);
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
  });
};

// A page that nobody looks at needs no news.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stream.close();
  else listen();
});
addEventListener("pageshow", (event) => event.persisted && refreshSoon());
onChanged(() => refreshSoon(true));
listen();
