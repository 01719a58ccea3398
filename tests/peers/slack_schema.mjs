// Writes build/<type>.schema.json (JSON Schema draft-07) for each type of slack_surfaces.ts.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const generator = createGenerator({ path: here("slack_surfaces.ts"), skipTypeCheck: true });
mkdirSync(here("build"), { recursive: true });
for (const type of ["MessageBlocks", "Modal", "Home"]) {
  const schema = generator.createSchema(type);
  writeFileSync(here(`build/${type}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
