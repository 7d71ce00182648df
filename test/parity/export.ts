import { parseArgs } from "node:util";

import { compress, finish, loadModel, methods } from "../../lib/index.js";
import type { Recipe } from "../../lib/index.js";
import { compareExport, EXPORT_CASES, LARGEST_DIFFERENCE } from "./export/loaders.js";
import { runParity } from "./report.js";
import type { Cell } from "./report.js";

/** Recipes with the exports that are tried on each; a method that the catalogue lacks is skipped, and said so. */
const RECIPES: readonly (readonly [Recipe, readonly string[]])[] = [
  [{ method: "rtn", settings: { bits: 4, group: 64 } }, ["safetensors", "gguf", "gguf F16", "gptq", "awq"]],
  [{ method: "rtn", settings: { bits: 8, group: "channel", symmetric: true } }, ["gguf F16", "gptq"]],
  [{ method: "rtn", settings: { bits: 3, group: 64 } }, ["gptq"]],
  [{ method: "rtn", settings: { bits: 2, group: 64, keep: ["blocks.0.down"] } }, ["gptq"]],
  [{ method: "magnitude", settings: { pattern: "2:4" } }, ["safetensors"]],
  [{ method: "gptq", settings: { bits: 4, group: 64 } }, ["safetensors", "gptq", "awq"]],
  [{ method: "awq", settings: { bits: 4, group: 64 } }, ["safetensors", "awq"]],
  [{ method: "sparsegpt", settings: { pattern: "2:4" } }, ["safetensors"]],
];

await runParity("parity:export", async () => {
  const { peer, only } = parseArgs({ options: { peer: { type: "string" }, only: { type: "string" } } }).values;
  if (peer === undefined) {
    throw new Error(
      "usage: npm run parity:export -- --peer PYTHON [--only FORMAT] (one with torch, transformers, gguf, gptqmodel and optimum)",
    );
  }
  const model = await loadModel("smollm2");
  const rows: Record<string, Cell>[] = [];
  const [missed, skipped]: [string[], string[]] = [[], []];
  const versions: Record<string, string> = {};
  for (const [recipe, names] of RECIPES) {
    if (methods[recipe.method] === undefined) {
      skipped.push(recipe.method);
      continue;
    }
    const variant = await finish(compress(model, recipe));
    for (const name of names.filter((each) => only === undefined || each === only)) {
      const found = await compareExport(peer, variant, EXPORT_CASES[name]).catch(String);
      if (typeof found === "string") {
        missed.push(`${variant.name} as ${name}: ${found}`);
        continue;
      }
      Object.assign(versions, found.versions);
      const { equal, of, largest, notes } = found;
      rows.push({
        ...{ variant: variant.name, format: name, "layers equal": `${equal} of ${of}` },
        "log-probabilities within": largest?.toExponential(1) ?? null,
        notes: notes.join("; "),
      });
      if (equal !== of) missed.push(`${variant.name} as ${name}: ${equal} of ${of} layers equal`);
      if (largest !== null && !(largest <= LARGEST_DIFFERENCE)) missed.push(`${variant.name} as ${name}: off by ${largest}`);
    }
  }
  await model.close();
  return { rows, figures: { versions, skipped, rows }, missed };
});
