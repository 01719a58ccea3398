// Reads a JSON list of cards from the file named in CARDS; writes, for each, what the official
// renderer complains of, the text it shows and the addresses of the links it draws.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html>");
Object.assign(globalThis, { window, document: window.document });
for (const name of Object.getOwnPropertyNames(window)) {
  if (name.startsWith("HTML")) globalThis[name] = window[name];
}
// jsdom has no layout and so no innerText; for text that is set, not read, it is textContent.
Object.defineProperty(window.HTMLElement.prototype, "innerText", {
  set(text) {
    this.textContent = text;
  },
});

// The package's modules import one another in a way that only bundlers resolve: take its bundle.
const require = createRequire(`${process.cwd()}/`);
const { AdaptiveCard, HostConfig, SerializationContext } = require("adaptivecards/dist/adaptivecards.js");
AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  result.didProcess = true;
};

const results = JSON.parse(readFileSync(process.env.CARDS, "utf8")).map((source) => {
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig({ actions: { maxActions: 6, showCard: { actionMode: 0 } } });
  const context = new SerializationContext();
  card.parse(source, context);
  const events = Array.from({ length: context.eventCount }, (_, n) => context.getEventAt(n));
  const element = card.render();
  const shown = element ? element.textContent : "";
  const links = element ? [...element.querySelectorAll("a")].map((a) => a.getAttribute("href")) : [];
  const found = [...events, ...card.validateProperties().validationEvents];
  return { problems: found.map((event) => event.message), shown, links };
});
process.stdout.write(JSON.stringify(results));
