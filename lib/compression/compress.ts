import { InputError, throwIfInterrupted } from "../core/errors.js";
import { fingerprint } from "../core/fingerprint.js";
import { breathe } from "../core/progress.js";
import type { Progress, Task } from "../core/progress.js";
import { cachedEntry, draftEntry } from "../formats/index.js";
import { LINEAR_KINDS, allSites, siteName } from "../model/linear-sites.js";
import type { LinearKind } from "../model/linear-sites.js";
import type { Model } from "../model/model.js";
import { overlay } from "../model/weights.js";
import type { Weights } from "../model/weights.js";
import { denseBits, reportLayer, summarize } from "./layer-report.js";
import { noStatistics } from "./method.js";
import type { MethodSettings } from "./method.js";
import { planRecipe } from "./plan.js";
import type { CompressionPlan } from "./plan.js";
import type { Recipe } from "./recipe.js";
import { restore } from "./stored-matrix.js";
import type { StoredMatrix, WeightMatrix } from "./stored-matrix.js";
import { VARIANT_VERSION, readFigures, readLayer, writeBlock, writeFigures } from "./variant-files.js";
import type { LayerReport, Variant } from "./variant.js";

/** How `compress` is stopped. */
export interface CompressOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The variant of a model after a recipe. It is made block by block and kept in the cache under the hash of model and full
 * recipe; the same call takes it from there. Its weights are read and unpacked when asked for.
 * @throws InputError if the recipe is wrong or doesn't fit the model, before any work   @throws InterruptedError between two blocks
 */
export async function* compress(model: Model, recipe: Recipe, { signal }: CompressOptions = {}): Task<Variant> {
  const plan = planRecipe(recipe, model.config);
  const identity = { version: VARIANT_VERSION, model: model.digest, recipe: { ...plan.recipe } };
  const entry = `variants/${fingerprint(identity)}`;
  const folder = (await cachedEntry(entry)) ?? (yield* makeEntry(model, plan, { entry, signal }));
  return openVariant(model, plan, folder);
}

async function openVariant(model: Model, { recipe, figures, keptSites }: CompressionPlan, folder: string): Promise<Variant> {
  return {
    id: `${model.name}/${figures.name}`,
    name: figures.name,
    title: figures.name,
    model,
    recipe,
    weights: compressedWeights(model, folder, keptSites),
    storedMatrix: async (site) => {
      const place = placesOf(model.config.blocks, keptSites).get(site);
      return place === undefined ? undefined : readLayer(folder, place.block, place.kind);
    },
    ...(await readFigures(folder)),
  };
}

/** Where the compressed layers stand, by name. */
function placesOf(blocks: number, keptSites: ReadonlySet<string>): Map<string, { block: number; kind: LinearKind }> {
  const places = new Map<string, { block: number; kind: LinearKind }>();
  for (let block = 0; block < blocks; block++) {
    for (const kind of kindsToCompress(block, keptSites)) places.set(siteName(block, kind), { block, kind });
  }
  return places;
}

function compressedWeights({ weights, config }: Model, folder: string, keptSites: ReadonlySet<string>): Weights {
  const places = placesOf(config.blocks, keptSites);
  return overlay(weights, new Set(places.keys()), async (name) => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`no compressed weight ${name}`);
    const stored = await readLayer(folder, place.block, place.kind);
    return restore(stored, stored.kind === "masked" ? await weights.read(name) : new Float32Array(0));
  });
}

/** Makes the cache entry; a stopped or failed run leaves nothing that looks like one. */
async function* makeEntry(
  model: Model,
  plan: CompressionPlan,
  { entry, signal }: { entry: string; signal: AbortSignal | undefined },
): AsyncGenerator<Progress, string, void> {
  const started = performance.now();
  const { blocks } = model.config;
  const draft = await draftEntry(entry);
  const layers: LayerReport[] = [];
  try {
    const prepared = { ...plan, settings: await prepareSettings(model, plan) };
    for (let block = 0; block < blocks; block++) {
      yield { stage: "compress", done: block, total: blocks, note: plan.figures.name };
      throwIfInterrupted(signal);
      layers.push(...(await makeBlock(model, prepared, { block, folder: draft.folder })));
      await breathe();
    }
    const seconds = (performance.now() - started) / 1000;
    await writeFigures(draft.folder, { layers, summary: summarize(model, plan, { layers, seconds }) });
    const folder = await draft.publish();
    yield { stage: "compress", done: blocks, total: blocks, note: plan.figures.name };
    return folder;
  } finally {
    await draft.discard();
  }
}

/** The settings with what the method finds out from all weights together. */
async function prepareSettings(
  { weights, config }: Model,
  { method, settings, keptSites }: CompressionPlan,
): Promise<MethodSettings> {
  if (method.prepare === undefined) return settings;
  const sites = allSites(config.blocks).filter((site) => !keptSites.has(site));
  const layers = async function* (): AsyncGenerator<WeightMatrix> {
    for (const site of sites) {
      yield await readMatrix(weights, site);
      await breathe();
    }
  };
  return await method.prepare(layers, settings);
}

async function makeBlock(model: Model, plan: CompressionPlan, at: { block: number; folder: string }): Promise<LayerReport[]> {
  const reports = new Map<LinearKind, LayerReport>();
  const stored = new Map<LinearKind, StoredMatrix>();
  const kinds = kindsToCompress(at.block, plan.keptSites);
  const read = (kind: LinearKind): Promise<WeightMatrix> => readMatrix(model.weights, siteName(at.block, kind));
  const input = { block: at.block, kinds, read, statistics: noStatistics };
  for await (const layer of plan.method.compressBlock(input, plan.settings)) {
    stored.set(layer.kind, layer.stored);
    reports.set(layer.kind, checkedReport(siteName(at.block, layer.kind), layer.dense, layer.stored));
  }
  await writeBlock(at.folder, at.block, stored);
  return LINEAR_KINDS.map((kind) => reports.get(kind) ?? keptReport(model, siteName(at.block, kind)));
}

const kindsToCompress = (block: number, keptSites: ReadonlySet<string>): LinearKind[] =>
  LINEAR_KINDS.filter((kind) => !keptSites.has(siteName(block, kind)));

async function readMatrix(weights: Weights, site: string): Promise<WeightMatrix> {
  const [rows, cols] = weights.shape(site);
  return { rows, cols, values: await weights.read(site) };
}

function checkedReport(site: string, dense: WeightMatrix, stored: StoredMatrix): LayerReport {
  const report = reportLayer(site, dense, stored);
  if (Number.isFinite(report.relativeError)) return report;
  throw new InputError({ where: `weights of ${site}`, found: "values that are no finite numbers", expected: "finite weights" });
}

function keptReport(model: Model, site: string): LayerReport {
  const [rows, cols] = model.weights.shape(site);
  const bits = denseBits(model);
  return { site, sparsity: 0, bitsPerWeight: bits, relativeError: 0, storedBytes: Math.ceil((rows * cols * bits) / 8) };
}
