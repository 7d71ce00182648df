import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { askAttribution, attributions, designAttribution } from "../../lib/analysis/index.js";
import { compress, denseVariant, type Variant } from "../../lib/compression/index.js";
import { finish } from "../../lib/core/progress.js";
import { createRandom } from "../../lib/core/random.js";
import { Engine } from "../../lib/inference/index.js";
import { overlay } from "../../lib/model/index.js";
import { evaluate, openStudy, type Study } from "../../lib/study/index.js";
import { dimensions } from "../../lib/trust/index.js";
import { toyModel } from "../toy-model.js";

const DAMAGED = 2;
const model = toyModel({ blocks: 4, seed: 11 });
const items = dimensions.custom.items(
  Array.from({ length: 120 }, (_, i) => ({
    ...{
      id: `${i}`,
      prompt: `question ${createRandom(i).integer(1e9)}`,
      rule: "choice",
      expected: "yes",
      options: ["yes", "not"],
    },
  })),
  "toy",
);
const suite = { name: "toy", dimension: "custom", path: "toy", digest: "d", items, missing: [] };
const dense = denseVariant(model);
let [study, engine, compressed]: [Study | undefined, Engine | undefined, Variant | undefined] = [undefined, undefined, undefined];

beforeAll(async () => {
  vi.stubEnv("TOUCHSTONE_CACHE", await mkdtemp(join(tmpdir(), "touchstone-test-")));
  study = await openStudy(join(await mkdtemp(join(tmpdir(), "study-")), "toy"));
  engine = await Engine.open({ model, weights: model.weights });
  compressed = damaged(await finish(compress(model, { method: "rtn", settings: { bits: 8, group: 8 } })));
});
afterAll(async () => {
  engine?.close();
  await study?.close();
});

/** Eight bits everywhere, which change next to nothing; one block's matrices are others besides. */
function damaged(variant: Variant): Variant {
  const broken = new Set(variant.weights.names.filter((name) => name.startsWith(`blocks.${DAMAGED}.`) && !name.endsWith("Norm")));
  const random = createRandom("damage");
  const read = async (name: string): Promise<Float32Array> =>
    (await variant.weights.read(name)).map((value, i) => value + 0.35 * random.fork(`${name} ${i}`).normal());
  return { ...variant, weights: overlay(variant.weights, broken, read) };
}

test("in a model of which one block was damaged, the flips are attributed to that block, restored and alone", async () => {
  if (study === undefined || engine === undefined || compressed === undefined) throw new Error("not set up");
  const [own, at] = [engine, compressed];
  const answering = {
    ...{ variantOf: () => Promise.resolve(at), dense },
    responderFor: (variant: Variant) => Promise.resolve(own.responder(variant.weights)),
  };
  await finish(evaluate(study, { dimension: dimensions.custom, suite, variants: [dense, compressed], ...answering }));
  const asking = { model, suiteOf: () => Promise.resolve(suite), judgeOf: () => Promise.reject(new Error("no judge")) };
  await finish(askAttribution(study, await designAttribution(study, { limit: 24 }, asking), answering));
  const [{ outcome, floor }] = await attributions(study);
  expect(outcome.flips).toBe(24);
  const [undone, caused] = (["undone", "caused"] as const).map((view) => outcome.parts.map((part) => part[view]));
  for (const effects of [undone, caused]) {
    expect(effects[DAMAGED].share).toBeGreaterThan(0.9);
    expect(effects[DAMAGED].p).toBeLessThan(0.01);
    for (const [block, { share, p }] of effects.entries()) {
      if (block === DAMAGED) continue;
      expect(share).toBeLessThan(0.2); // eight bits alone turn an answer here and there
      expect(p).toBeGreaterThan(0.5);
    }
  }
  expect([outcome.nothing.undone.count, outcome.everything.undone.count]).toEqual([0, 24]);
  expect(floor).toEqual({ undone: 0, caused: 0 });
});
