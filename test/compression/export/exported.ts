import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { finish } from "../../../lib/core/progress.js";
import { compress, denseVariant, exportVariant } from "../../../lib/compression/index.js";
import type { ExportOptions, ExportReport, Recipe, Variant } from "../../../lib/compression/index.js";
import { loadModel } from "../../../lib/model/index.js";
import type { Model } from "../../../lib/model/model.js";

const models = join(import.meta.dirname, "../../parity/architectures");

/** One of the tiny models of `npm run parity:architectures`, by its folder's or file's name. */
export const tinyModel = (name: string): Promise<Model> => loadModel(join(models, name));

/** A variant of a model; the dense one without a recipe. */
export const variantOf = (model: Model, recipe?: Recipe): Promise<Variant> =>
  recipe === undefined ? Promise.resolve(denseVariant(model)) : finish(compress(model, recipe));

/** A folder that isn't there yet. */
export const freshFolder = (): string => join(mkdtempSync(join(tmpdir(), "touchstone-test-")), "export");

/** Exports into a fresh folder, unless one is given. */
export const exported = (variant: Variant, options: Omit<ExportOptions, "folder"> & { folder?: string }): Promise<ExportReport> =>
  finish(exportVariant(variant, { folder: freshFolder(), ...options }));

/** Names of weights that differ in any bit. */
export async function differences(a: Pick<Variant, "weights">, b: Pick<Variant, "weights">): Promise<string[]> {
  const differing: string[] = [];
  for (const name of new Set([...a.weights.names, ...b.weights.names])) {
    const [left, right] = [await a.weights.read(name), await b.weights.read(name)];
    if (!bytes(left).equals(bytes(right))) differing.push(name);
  }
  return differing;
}

const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
