import { describe, expect, test, vi } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { methods, planRecipe } from "../../lib/compression/index.js";
import type { BlockInput } from "../../lib/compression/index.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import { LINEAR_KINDS } from "../../lib/model/linear-sites.js";
import { toyModel } from "../toy-model.js";
import { toyActivations } from "./toy-activations.js";
import { toyConfig } from "./toy-weights.js";
import { statisticsOf } from "./toy-inputs.js";

vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test

const random = createRandom("catalogue");
const weight = { rows: 8, cols: 128, values: Float32Array.from({ length: 1024 }, () => random.normal()) };

const statistics = statisticsOf(weight.cols, 200, "catalogue inputs");

describe.each(Object.keys(methods))("compression method %s", (name) => {
  const method = methods[name];

  test("is listed under its own name, with one line of help", () => {
    expect(method.name).toBe(name);
    expect(method.summary).toMatch(/^[^\n]{20,120}$/);
  });

  test("has defaults that fit a model, complete to themselves, and give a name that begins with the method's", () => {
    const { settings, figures } = planRecipe({ method: name, settings: {} }, toyConfig);
    const open = Object.keys(settings).filter((setting) => settings[setting] === null);
    expect(open).toEqual(name === "sparsegpt" ? ["bits"] : []); // null bits: what is left of the weights stays as it is
    expect(Object.keys(settings).sort()).toEqual(Object.keys(method.defaults).sort());
    expect(method.complete(settings, toyConfig)).toEqual(settings);
    expect(figures.name).toMatch(new RegExp(`^${name}-[0-9A-Za-z.:%+-]+$`));
    expect(figures.rate).toBeGreaterThan(0);
    expect(figures.rate).toBeLessThan(1);
    expect(figures.bits === null).toBe(method.kind === "prune");
    expect(figures.pattern === null).toBe(method.kind === "quantize");
  });

  test("compresses the asked-for layers of a block in their order, the same each time, and leaves the weights it was given alone", async () => {
    const before = Float32Array.from(weight.values);
    const { settings } = planRecipe({ method: name, settings: {} }, toyConfig);
    const block: BlockInput = {
      block: 0,
      kinds: ["down", "q"],
      read: () => Promise.resolve(weight),
      statistics: () => Promise.resolve(statistics),
      activations: await toyActivations(toyModel({ hidden: weight.cols })),
    };
    const run = async () => {
      const layers = [];
      for await (const { kind, stored } of method.compressBlock(block, settings))
        layers.push({ kind, values: restore(stored, weight.values) });
      return layers;
    };
    const layers = await run();
    expect(layers.map(({ kind }) => kind)).toEqual(LINEAR_KINDS.filter((kind) => block.kinds.includes(kind)));
    expect(layers[0].values).toHaveLength(weight.values.length);
    expect(layers[0].values).not.toEqual(before);
    expect(await run()).toEqual(layers);
    expect(weight.values).toEqual(before);
  });
});
