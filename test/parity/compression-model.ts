import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { finish } from "../../lib/core/progress.js";
import { compress, denseVariant, methods, planRecipe } from "../../lib/compression/index.js";
import type { Recipe, Variant } from "../../lib/compression/index.js";
import { readJson } from "../../lib/formats/index.js";
import { Engine } from "../../lib/inference/index.js";
import { loadModel } from "../../lib/model/index.js";
import type { Model } from "../../lib/model/model.js";
import { recipeOf, toleranceOf } from "./compression-model-names.js";
import { type Cell, runParity } from "./report.js";

const Figures = z.object({ nll: z.number(), zeros: z.number().optional(), mean_relative_weight_error: z.number().optional() });
const Tokens = z.array(z.array(z.int()));

interface Compared {
  readonly name: string;
  readonly theirs: z.infer<typeof Figures>;
  readonly recipe: Recipe | undefined;
  readonly ours?: { readonly nll: number; readonly variant: Variant };
}

/** `npm run parity:compression -- --model DIR`: whole compressed models against those of the authors' code, on the same tokens. */
await runParity("parity:compression --model", async () => {
  const folder = process.argv[3] ?? "../shared/reference/smollm2";
  const wanted = process.argv.slice(4);
  const reference = await readJson(join(folder, "compressed.json"), (value) => z.record(z.string(), Figures).parse(value));
  const names = Object.keys(reference).filter((name) => wanted.length === 0 || name === "dense" || wanted.includes(name));
  const evaluation = await readJson(join(folder, "eval_tokens.json"), (value) => Tokens.parse(value));
  const model = await loadModel("smollm2");
  const cache = mkdtempSync(join(tmpdir(), "touchstone-parity-")); // so that nothing comes from an earlier state of the code
  process.env["TOUCHSTONE_CACHE"] = cache;
  const engine = await Engine.open({ model, weights: model.weights });
  try {
    const compared: Compared[] = [];
    for (const name of names) {
      const variant = await variantOf(model, name, join(folder, "calibration_tokens.json"));
      const nll = variant === undefined ? undefined : await nllOf(engine, variant, evaluation);
      const ours = variant === undefined || nll === undefined ? {} : { ours: { nll, variant } };
      compared.push({ name, theirs: reference[name], recipe: recipeOf(name), ...ours });
      console.error(
        `${name}: ${nll === undefined ? "not built" : `${nll.toFixed(4)}, authors ${reference[name].nll.toFixed(4)}`}`,
      );
    }
    return reportOf(compared);
  } finally {
    engine.close();
    await model.close();
    rmSync(cache, { recursive: true, force: true });
  }
});

/** Undefined for a method that we don't have. */
async function variantOf(model: Model, name: string, calibration: string): Promise<Variant | undefined> {
  if (name === "dense") return denseVariant(model);
  const recipe = recipeOf(name);
  if (recipe === undefined) throw new Error(`the name ${name} is none of the README's grammar`);
  if (!Object.hasOwn(methods, recipe.method)) return undefined;
  const calibrated = methods[recipe.method].needs !== "nothing";
  const sequences = await readJson(calibration, (value) => Tokens.parse(value));
  const set = calibrated ? { calibration, samples: sequences.length, length: sequences[0].length } : {};
  const complete = { method: recipe.method, settings: { ...recipe.settings, ...set } };
  planRecipe(complete, model.config);
  return finish(compress(model, complete));
}

/** Mean negative log-likelihood over all tokens but each row's first. */
async function nllOf(engine: Engine, { weights }: Variant, rows: readonly (readonly number[])[]): Promise<number> {
  let [sum, count] = [0, 0];
  const requests = rows.map((tokens) => ({ kind: "score" as const, tokens }));
  for await (const answers of engine.responder(weights).answer(requests)) {
    for (const { response } of answers) {
      if (response.kind !== "score") throw new Error(`a ${response.kind} for a text`);
      for (const value of response.logProbabilities) sum -= value;
      count += response.logProbabilities.length;
    }
  }
  return sum / count;
}

function reportOf(compared: readonly Compared[]): {
  rows: Record<string, Cell>[];
  figures: Record<string, unknown>;
  missed: string[];
} {
  const built = compared.filter(({ ours }) => ours !== undefined);
  const calibrated = built.filter(({ recipe }) => recipe !== undefined);
  const differences = calibrated.map(({ ours, theirs }) => relative(ours?.nll ?? NaN, theirs.nll));
  return {
    rows: compared.map(toRow),
    figures: {
      variants: calibrated.length,
      largestDifference: Math.max(0, ...differences.map(Math.abs)),
      notBuiltYet: compared.length - built.length,
    },
    missed: [
      ...built.filter((each) => !passes(each)).map(({ name }) => `${name}: the negative log-likelihood is not within its floor`),
      ...(calibrated.length === 0 ? ["no compressed model of a method that exists"] : []),
    ],
  };
}

function relative(ours: number, theirs: number): number {
  return ours / theirs - 1;
}

/** Dense rows must agree as the model itself does. */
function floorOf({ recipe }: Compared): number {
  return recipe === undefined ? 0.001 : toleranceOf(recipe);
}

function passes(each: Compared): boolean {
  return each.ours !== undefined && Math.abs(relative(each.ours.nll, each.theirs.nll)) <= floorOf(each);
}

function toRow(each: Compared): Record<string, Cell> {
  const { name, ours, theirs } = each;
  const digits = (value: number | undefined, places: number): Cell =>
    value === undefined ? null : Number(value.toFixed(places));
  const summary = ours?.variant.summary;
  return {
    "method and setting": name,
    nll: digits(ours?.nll, 4),
    "authors' nll": digits(theirs.nll, 4),
    "difference, %": ours === undefined ? null : digits(100 * relative(ours.nll, theirs.nll), 3),
    "floor, %": digits(100 * floorOf(each), 1),
    zeros: digits(summary?.sparsity, 5),
    "authors' zeros": digits(theirs.zeros, 5),
    "weight error": digits(summary?.relativeError, 5),
    "authors' weight error": digits(theirs.mean_relative_weight_error, 5),
    seconds: digits(summary?.seconds, 1),
    result: ours === undefined ? "not built yet" : passes(each) ? "pass" : "FAIL",
  };
}
