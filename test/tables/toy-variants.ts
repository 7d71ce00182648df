import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { vi } from "vitest";

import { compress, sweepRecipes, type Variant } from "../../lib/compression/index.js";
import { finish } from "../../lib/core/progress.js";
import { toyModel } from "../toy-model.js";

/** A toy model's variants rtn-3bit-g8, with output errors put in, and magnitude-50%, without. */
export async function toyVariants(): Promise<readonly Variant[]> {
  vi.stubEnv("TOUCHSTONE_CACHE", await mkdtemp(join(tmpdir(), "touchstone-test-")));
  const model = toyModel();
  const variants: Variant[] = [];
  const request = { methods: ["rtn", "magnitude"], bits: [3], group: 8, patterns: ["50%"] };
  for (const recipe of sweepRecipes(request, model.config)) variants.push(await finish(compress(model, recipe)));
  const [rounded, pruned] = variants;
  const layers = rounded.layers.map((layer, i) => ({
    ...layer,
    outputError: layer.relativeError / 2,
    notes: i === 0 ? ["noted"] : [],
  }));
  return [
    { ...rounded, layers },
    { ...pruned, title: `${pruned.title} <b>` },
  ];
}
