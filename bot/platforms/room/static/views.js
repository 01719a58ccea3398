// Where in the room one is: on a phone the lesson or one's own column, everywhere the newest post.

const byId = (id) => document.getElementById(id);
const jump = byId("jump");
const badge = byId("private-new");
const ways = [...document.querySelectorAll("a[data-view]")];
const narrow = matchMedia("(max-width: 59.99rem)");
const scrolled = { lesson: null, private: 0 };
let view = "lesson";

export const announce = (words) => { byId("announcer").textContent = words; };

const end = () => byId("latest").getBoundingClientRect().bottom;
export const isAtEnd = () => view === "lesson" && end() <= innerHeight + 240;

// Something new stands further down.
export const isNear = (title) => {
  jump.querySelector("span").textContent = title;
  jump.hidden = false;
};

export const newPrivate = (title) => {
  announce(title);
  if (view !== "private" && narrow.matches) badge.hidden = false;
};

const newest = () => byId("posts").lastElementChild;

const mark = () => {
  for (const way of ways) {
    if (narrow.matches && way.dataset.view === view) way.setAttribute("aria-current", "true");
    else way.removeAttribute("aria-current");
  }
};

const turnTo = (to) => {
  if (narrow.matches) scrolled[view] = scrollY;
  view = to;
  document.body.dataset.view = to;
  mark();
  if (to === "private") badge.hidden = true;
};

for (const way of ways) {
  way.addEventListener("click", (event) => {
    event.preventDefault();
    const to = way.dataset.view;
    const was = view;
    turnTo(to);
    if (narrow.matches && was !== to) {
      scrollTo({ top: scrolled[to] ?? 0, behavior: "instant" });
    } else if (to === "lesson") {
      newest()?.scrollIntoView({ block: "start" });
    } else {
      byId("private").scrollIntoView({ block: "nearest" });
    }
    const goal = to === "lesson" ? newest() : byId("private");
    goal?.focus({ preventScroll: true });
  });
}
for (const link of document.querySelectorAll('a[href="#people"]')) {
  link.addEventListener("click", () => turnTo("lesson"));
}
narrow.addEventListener("change", mark);

jump.addEventListener("click", (event) => {
  event.preventDefault();
  jump.hidden = true;
  newest()?.scrollIntoView({ block: "start" });
  newest()?.focus({ preventScroll: true });
});
addEventListener("scroll", () => { if (isAtEnd()) jump.hidden = true; }, { passive: true });

const target = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
if (target && byId("private").contains(target)) turnTo("private");
else if (!target && byId("posts").children.length > 1) {
  newest().scrollIntoView({ block: "start", behavior: "instant" });
}
mark();

// -- light or dark

const theme = byId("theme");
theme.hidden = false;
theme.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("fivefold theme", root.dataset.theme);
  } catch {
    // It lasts as long as the page.
  }
});
