// The demo's clock.

const seconds = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
const clock = document.querySelector("[data-clock]");
let lesson = 0;
let mark = 0;
let running = 0;

export const setClock = (now, rate, pace) => {
  if (!clock) return;
  lesson = Date.parse(now);
  mark = performance.now();
  running = rate;
  const words = document.querySelector("[data-pace]");
  words.textContent = rate ? words.dataset.running.replace("{rate}", pace) : words.dataset.stopped;
};

if (clock) {
  setClock(clock.dataset.now, Number(clock.dataset.rate), clock.dataset.rate);
  setInterval(() => {
    const now = new Date(lesson + (performance.now() - mark) * running);
    clock.textContent = now.toLocaleTimeString(undefined, seconds);
  }, 250);
}
