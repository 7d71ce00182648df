import { InputError, throwIfInterrupted } from "../core/errors.js";
import { fingerprint } from "../core/fingerprint.js";
import { breathe } from "../core/progress.js";
import type { Progress, Task } from "../core/progress.js";
import { cachedEntry } from "../formats/index.js";
import { LINEAR_KINDS, allSites, siteName } from "../model/linear-sites.js";
import type { LinearKind } from "../model/linear-sites.js";
import type { InputGroup } from "../model/index.js";
import type { Model } from "../model/model.js";
import type { Weights } from "../model/weights.js";
import type { CalibrationSet } from "./calibration/calibration-set.js";
import { loadCalibration } from "./calibration/load-calibration.js";
import { compressedPlaces, compressedWeights, kindsToCompress } from "./compressed-weights.js";
import { keptReport, reportLayer, summarize } from "./layer-report.js";
import { noStatistics } from "./method.js";
import type { BlockInput, CompressedLinear, InputStatistics, MethodSettings } from "./method.js";
import { planRecipe, withCalibrationDigest } from "./plan.js";
import type { CompressionPlan } from "./plan.js";
import type { Recipe } from "./recipe.js";
import { effective } from "./stored-matrix.js";
import type { StoredMatrix, WeightMatrix } from "./stored-matrix.js";
import { VARIANT_VERSION, readFigures, readLayer, writeBlock } from "./variant-files.js";
import type { LayerReport, Variant } from "./variant.js";
import { BlockWalk, groupOf, type WalkOptions } from "./walk/block-walk.js";
import { watchPeak } from "./walk/process-peak.js";
import { VariantDraft } from "./walk/variant-draft.js";

/** How `compress` is stopped, and how its walk through the model goes. */
export type CompressOptions = WalkOptions;

/**
 * The variant of a model after a recipe. It is made block by block and kept in the cache under the hash of model, full recipe and
 * calibration tokens; the same call takes it from there, and goes on behind the last finished block where one was stopped. Its
 * weights are read and unpacked when asked for.
 * @throws InputError if the recipe is wrong or doesn't fit the model, before any work; naming the layer that can't be done
 * @throws InterruptedError between two steps
 */
export async function* compress(model: Model, recipe: Recipe, options: CompressOptions = {}): Task<Variant> {
  const asked = planRecipe(recipe, model.config);
  const set = asked.calibration === undefined ? undefined : yield* loadCalibration(model, asked.calibration, options.signal);
  const plan = set === undefined ? asked : withCalibrationDigest(asked, set.digest);
  const identity = { version: VARIANT_VERSION, model: model.digest, recipe: { ...plan.recipe } };
  const entry = `variants/${fingerprint(identity)}`;
  const folder = (await cachedEntry(entry)) ?? (yield* makeEntry({ model, plan, set, entry }, options));
  return openVariant(model, plan, folder);
}

async function openVariant(model: Model, { recipe, figures, keptSites }: CompressionPlan, folder: string): Promise<Variant> {
  const places = compressedPlaces(model.config.blocks, keptSites);
  return {
    id: `${model.name}/${figures.name}`,
    name: figures.name,
    title: figures.name,
    model,
    recipe,
    weights: compressedWeights(model, folder, keptSites),
    storedMatrix: async (site) => {
      const place = places.get(site);
      return place === undefined ? undefined : readLayer(folder, place.block, place.kind);
    },
    ...(await readFigures(folder)),
  };
}

interface Making {
  readonly model: Model;
  readonly plan: CompressionPlan;
  /** Undefined where the method looks at none. */
  readonly set: CalibrationSet | undefined;
  /** The name of the cache entry. */
  readonly entry: string;
}

/** Makes the cache entry, from where an earlier run stopped. */
async function* makeEntry(making: Making, options: CompressOptions): AsyncGenerator<Progress, string, void> {
  const { model, plan, set, entry } = making;
  const { blocks } = model.config;
  const draft = await VariantDraft.open(entry);
  let walk: BlockWalk | undefined;
  try {
    if (set !== undefined && draft.blocks < blocks) walk = await BlockWalk.open(model, set, options);
    const prepared = draft.blocks < blocks ? { ...plan, settings: await prepareSettings(model, plan) } : plan;
    let [started, watch] = [performance.now(), watchPeak()];
    for (let block = 0; block < blocks; block++) {
      yield { stage: "compress", done: block, total: blocks, note: plan.figures.name };
      throwIfInterrupted(options.signal);
      if (block >= draft.blocks) {
        const layers = await makeBlock({ ...making, plan: prepared }, { block, draft, walk });
        await draft.finish(block, { seconds: (performance.now() - started) / 1000, peakBytes: watch.peak(), layers });
        [started, watch] = [performance.now(), watchPeak()];
      }
      if (block + 1 < blocks) await walk?.advance(compressedWeights(model, draft.folder, plan.keptSites));
      watch.look();
      await breathe();
    }
    const folder = await draft.publish((finished) => {
      const layers = finished.flatMap((each) => each.layers);
      const seconds = finished.reduce((sum, each) => sum + each.seconds, 0);
      const peakBytes = Math.max(...finished.map((each) => each.peakBytes));
      return { layers, summary: summarize(model, plan, { layers, seconds, peakBytes }) };
    });
    yield { stage: "compress", done: blocks, total: blocks, note: plan.figures.name };
    return folder;
  } finally {
    await walk?.close();
    await draft.release();
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

interface BlockPlace {
  readonly block: number;
  readonly draft: VariantDraft;
  readonly walk: BlockWalk | undefined;
}

async function makeBlock({ model, plan }: Making, { block, draft, walk }: BlockPlace): Promise<LayerReport[]> {
  const reports = new Map<LinearKind, LayerReport>();
  const layers = new Map<LinearKind, StoredMatrix>();
  const vectors = new Map<string, Float32Array>();
  const kinds = kindsToCompress(block, plan.keptSites);
  const read = (kind: LinearKind): Promise<WeightMatrix> =>
    readMatrix(model.weights, siteName(block, kind), walk === undefined ? undefined : () => walk.dense(kind));
  const seen = walk === undefined ? { statistics: noStatistics } : await calibrated(plan, walk, kinds);
  for await (const layer of plan.method.compressBlock({ block, kinds, read, ...seen }, plan.settings)) {
    const { kind, dense } = layer;
    layers.set(kind, layer.stored);
    for (const [name, vector] of Object.entries(layer.vectors ?? {})) vectors.set(name, vector);
    const after = effective(layer.stored, dense.values, layer.scales);
    const error = walk?.outputError(kind, dense.values, after) ?? null;
    if (layer.scales === undefined) walk?.replace(kind, after);
    reports.set(kind, checkedReport(siteName(block, kind), { layer, after }, error));
  }
  await draft.clear(block);
  await writeBlock(draft.folder, block, { layers, vectors });
  return LINEAR_KINDS.map((kind) => reports.get(kind) ?? keptReport(model, siteName(block, kind)));
}

/** What the calibration set shows of a block: gathered in one pass; the statistics of the input last asked for are held. */
async function calibrated(
  { method }: CompressionPlan,
  walk: BlockWalk,
  kinds: readonly LinearKind[],
): Promise<Pick<BlockInput, "statistics" | "activations">> {
  if (kinds.length > 0) await walk.gather(kinds, method.needs === "input-norms" ? "squares" : "products");
  let held: { readonly group: InputGroup; readonly statistics: InputStatistics } | undefined;
  const statistics = (kind: LinearKind): Promise<InputStatistics> => {
    const group = groupOf(kind);
    if (held?.group !== group) held = { group, statistics: walk.statistics(kind) };
    return Promise.resolve(held.statistics);
  };
  if (method.needs !== "activations") return { statistics };
  await walk.useDense();
  const { runner, tokens } = walk;
  return { statistics, activations: { runner, tokens, chunks: () => walk.chunks(), vector: (name) => walk.denseVector(name) } };
}

async function readMatrix(weights: Weights, site: string, read = () => weights.read(site)): Promise<WeightMatrix> {
  const [rows, cols] = weights.shape(site);
  return { rows, cols, values: await read() };
}

function checkedReport(
  site: string,
  { layer, after }: { layer: CompressedLinear; after: Float32Array<ArrayBuffer> },
  outputError: number | null,
): LayerReport {
  const { dense, stored, notes = [] } = layer;
  const report = { ...reportLayer(site, dense, { stored, after }), outputError, notes };
  if (Number.isFinite(report.relativeError) && (outputError === null || Number.isFinite(outputError))) return report;
  throw new InputError({ where: `weights of ${site}`, found: "values that are no finite numbers", expected: "finite weights" });
}
