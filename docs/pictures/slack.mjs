// Block Kit as HTML: a JSON list of {blocks, theme, alone} comes in, a list of texts goes out.
// It is run in tests/peers, where the packages are.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/package.json`);
const { createElement } = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { Message } = require("slack-blocks-to-jsx");

const drawn = JSON.parse(readFileSync(0, "utf-8")).map(({ alone, time, ...props }) =>
  renderToStaticMarkup(
    createElement(Message, { ...props, time: new Date(time), withoutWrapper: alone }),
  ),
);
const style = readFileSync(require.resolve("slack-blocks-to-jsx/dist/style.css"), "utf-8");
process.stdout.write(JSON.stringify({ drawn, style }));
