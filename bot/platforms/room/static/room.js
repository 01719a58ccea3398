// Makes the room live: answers appear beside what was pressed, and posts as they change.
// Everything here is an addition; without it, forms are sent and pages loaded as ever.
"use strict";

(() => {
  const page = document.body.dataset;
  const base = page.room;
  const byId = (id) => document.getElementById(id);
  const asPiece = { headers: { "X-Requested-With": "fetch" } };

  // -- times in the reader's own zone

  const styles = {
    time: { hour: "numeric", minute: "2-digit", timeZoneName: "short" },
    date: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
    date_time: {
      weekday: "short", day: "numeric", month: "short",
      hour: "numeric", minute: "2-digit", timeZoneName: "short",
    },
  };
  const seconds = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };

  const localTimes = (root) => {
    for (const time of root.querySelectorAll("time[data-style]")) {
      time.title ||= time.textContent;
      const at = new Date(time.dateTime);
      time.textContent = at.toLocaleString(undefined, styles[time.dataset.style]);
    }
  };
  localTimes(document);
  if (!base) return;

  // -- answers

  const dialog = byId("dialog");
  let dialogShows = null;
  let opener = "";

  const tell = (region, html) => {
    region.innerHTML = html;
    localTimes(region);
  };

  const regionOf = (control) => {
    if (control.closest("dialog")) return byId("dialog-answers");
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

  const sentence = (text) => {
    const paragraph = document.createElement("p");
    paragraph.className = "answer not-saved";
    paragraph.textContent = text;
    return paragraph.outerHTML;
  };

  const show = (html) => {
    const content = byId("dialog-content");
    tell(content, html);
    tell(byId("dialog-answers"), "");
    if (!dialog.open) dialog.showModal();
    const first = content.querySelector("[aria-invalid], textarea, input:not([type=hidden])");
    (content.querySelector("h2[tabindex]") || first || dialog).focus();
  };

  const received = async (response, control, form) => {
    if (response.redirected) {
      location.assign(response.url);
      return;
    }
    const kind = response.headers.get("X-Answer");
    const html = await response.text();
    const id = response.headers.get("X-Event");
    if (form && id && form.elements.event) form.elements.event.value = id;
    if (kind === "show" || kind === "correct") {
      show(html);
      (kind === "correct" && dialog.querySelector("[aria-invalid], .error"))?.focus?.();
      return;
    }
    let region = regionOf(control);
    if (kind === "saved" && form) {
      if ("form" in form.dataset) {
        dialog.close();
        dialogShows = null;
        region = byId(opener)?.querySelector("[data-answers]") || region;
      }
      if ("clears" in form.dataset) form.reset();
      if (form.matches(".write, .own form")) refreshSoon(true);
      if (control.matches(".option")) {
        for (const option of form.querySelectorAll(".option")) {
          option.setAttribute("aria-pressed", String(option === control));
        }
      }
      control.closest("details.own")?.removeAttribute("open");
    }
    tell(region, html);
  };

  const send = async (request, control, form) => {
    form?.setAttribute("aria-busy", "true");
    try {
      await received(await request(), control, form);
    } catch {
      tell(regionOf(control), sentence(page.unsent));
    } finally {
      form?.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-live]")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy")) return;
    const button = event.submitter;
    const fields = new URLSearchParams(new FormData(form));
    if (button?.name) fields.append(button.name, button.value);
    const action = button?.getAttribute("formaction") || form.getAttribute("action");
    send(() => fetch(action, { method: "POST", body: fields, ...asPiece }), button || form, form);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-opens]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    opener = link.closest("article")?.id || "";
    const address = link.getAttribute("href");
    // What is half written there must not be lost by opening it once more.
    if (dialogShows === address && dialog.querySelector("form[data-form]")) {
      dialog.showModal();
      return;
    }
    dialogShows = address;
    send(() => fetch(address, asPiece), link, null);
  });

  // -- pieces that changed

  const keyOf = (control) =>
    [control.tagName, control.name, control.type === "hidden" ? "" : control.value,
      control.getAttribute("href"), control.closest("form")?.elements.callback?.value].join("|");
  const controlsOf = (root) => [...root.querySelectorAll("input, textarea, button, a, summary")];

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
    localTimes(fresh);
    if (key) controlsOf(fresh).find((control) => keyOf(control) === key)?.focus();
  };

  const writing = () => document.activeElement?.matches("textarea, input[type=text]");
  const atEnd = () => innerHeight + scrollY >= document.body.scrollHeight - 240;

  const putPost = (post) => {
    const old = byId(post.id);
    if (old) {
      swap(old.querySelector("[data-body]"), post.querySelector("[data-body]"));
      old.setAttribute("aria-label", post.getAttribute("aria-label"));
      return;
    }
    const private_ = post.closest("[data-private]");
    const follow = !private_ && atEnd() && !writing();
    byId(private_ ? "messages" : "posts").append(post);
    localTimes(post);
    byId("announcer").textContent = post.getAttribute("aria-label");
    if (private_) return;
    byId("empty").hidden = true;
    if (follow) post.scrollIntoView({ block: "nearest" });
    else byId("jump").hidden = false;
  };

  const putReply = (reply) => {
    const list = document.querySelector(`[data-replies="${CSS.escape(reply.dataset.root)}"]`);
    if (!list) return;
    const old = byId(reply.id);
    if (old) swap(old, reply);
    else list.append(reply);
    localTimes(reply);
    const count = list.querySelectorAll("li .body").length;
    const words = count === 1 ? page.oneReply : page.replies;
    if (count) {
      list.closest("details").querySelector("summary span").textContent =
        words.replace("{count}", String(count));
    }
  };

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

  let refreshing = null;
  const refresh = async () => {
    const response = await fetch(`${base}/changes?since=${page.mark}`, asPiece);
    if (response.redirected) location.assign(response.url);
    if (!response.ok) return;
    const pieces = new DOMParser().parseFromString(await response.text(), "text/html");
    await letGo();
    page.mark = response.headers.get("X-Mark");
    pieces.querySelectorAll("article[data-piece]").forEach(putPost);
    pieces.querySelectorAll("li[data-piece]").forEach(putReply);
    byId("people-list").replaceWith(pieces.getElementById("people-list"));
  };

  let wanted = "";
  const isBehind = () => {
    const shown = page.mark.split(".").map(Number);
    return wanted.split(".").some((version, n) => Number(version) > shown[n]);
  };

  // Not everybody at once, and not more often than anybody can read; but one's own at once.
  const SPACING = 2500;
  let last = -SPACING;
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

  // -- the stream

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

  // -- the demo's clock

  const clock = document.querySelector("[data-clock]");
  let lesson = 0;
  let mark = 0;
  let running = 0;
  const setClock = (now, rate, pace) => {
    if (!clock) return;
    lesson = Date.parse(now);
    mark = performance.now();
    running = rate;
    const words = document.querySelector("[data-pace]");
    words.textContent = rate
      ? words.dataset.running.replace("{rate}", pace) : words.dataset.stopped;
  };
  if (clock) {
    setClock(clock.dataset.now, Number(clock.dataset.rate), clock.dataset.rate);
    setInterval(() => {
      const now = new Date(lesson + (performance.now() - mark) * running);
      clock.textContent = now.toLocaleTimeString(undefined, seconds);
    }, 250);
  }

  const jump = byId("jump");
  jump.addEventListener("click", () => { jump.hidden = true; });
  addEventListener("scroll", () => { if (atEnd()) jump.hidden = true; }, { passive: true });
  if (!location.hash) byId("posts").lastElementChild?.scrollIntoView({ block: "nearest" });
  listen();
})();
