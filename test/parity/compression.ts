import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { methods } from "../../lib/compression/index.js";
import { openModelFile } from "../../lib/formats/index.js";
import { compareWeights, readCase } from "./compression-cases.js";
import type { Comparison, ReferenceCase } from "./compression-cases.js";
import { compressLayer, readLayer } from "./compression-layer.js";
import type { ReferenceLayer } from "./compression-layer.js";
import { gptqTies, sparseGptTies } from "./compression-ties.js";
import type { Ties } from "./compression-ties.js";
import { runParity } from "./report.js";
import type { Cell } from "./report.js";

/** Float rounding, of the layer's largest weight: nothing else parts from the authors where nothing is compensated. */
const TOLERANCE = 1e-6;
/** What is allowed to part, in shares of a layer's weights or of a file's; and how far from a tie, see `Ties`. */
const FLOORS = { mask: 0.999, layer: 0.99, file: 0.999, tie: 1e-3 };

/** Methods whose rows may part at ties, and how far from one. */
const TIES: Readonly<Record<string, (layer: ReferenceLayer, theirs: Float32Array, found: ReferenceCase) => Promise<Ties>>> = {
  gptq: (layer, theirs, { settings }) => gptqTies(layer, theirs, settings),
  sparsegpt: (layer, theirs, { settings }) => sparseGptTies(layer, theirs, settings),
};

/** `npm run parity:compression -- DIR`: our compressed layers against those of the authors' code, method by method. */
await runParity("parity:compression", async () => {
  const folder = layersFolder(process.argv[2] ?? "../shared/reference");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".safetensors")).sort();
  if (files.length === 0) throw new Error(`no safetensors files in ${folder}`);
  const compared: Compared[] = [];
  for (const file of files) compared.push(...(await compareFile(join(folder, file))));
  const built = compared.filter(({ comparison }) => comparison !== undefined);
  const pooled = poolByFile(built);
  return {
    rows: [...built.map(toRow), ...notBuilt(compared)],
    figures: {
      tensors: built.length,
      byMethod: Object.fromEntries(
        [...new Set(built.map(({ method }) => method))].map((method) => [method, worstOf(built, method)]),
      ),
      pooled: Object.fromEntries(pooled),
      notBuiltYet: compared.length - built.length,
    },
    missed: [
      ...built.flatMap((each) => missedBy(each).map((reason) => `${each.label}: ${reason}`)),
      ...[...pooled].flatMap(([label, share]) => (share >= FLOORS.file ? [] : [`${label}: ${share} of the weights equal`])),
      ...(built.length === 0 ? ["no reference tensor of a method that exists"] : []),
    ],
  };
});

interface Compared {
  readonly file: string;
  readonly label: string;
  readonly method: string;
  readonly comparison: Comparison | undefined;
  readonly ties: Ties | undefined;
}

function layersFolder(folder: string): string {
  return existsSync(join(folder, "layers")) ? join(folder, "layers") : folder;
}

async function compareFile(path: string): Promise<Compared[]> {
  const layer = await readLayer(await openModelFile(path));
  const compared: Compared[] = [];
  for (const name of layer.file.tensors.keys()) {
    const found = readCase(name);
    if (found === undefined) continue;
    const file = basename(path, ".safetensors");
    compared.push({ file, label: `${file} ${name}`, method: found.method, ...(await compareCase(layer, found)) });
  }
  await layer.file.close();
  return compared;
}

async function compareCase(layer: ReferenceLayer, found: ReferenceCase): Promise<Pick<Compared, "comparison" | "ties">> {
  if (!Object.hasOwn(methods, found.method)) return { comparison: undefined, ties: undefined };
  const ours = await compressLayer(layer, methods[found.method], found.settings);
  const theirs = await layer.file.read(found.tensor);
  const ties = Object.hasOwn(TIES, found.method) ? await TIES[found.method](layer, theirs, found) : undefined;
  return { comparison: compareWeights(ours, theirs, layer.weight.values), ties };
}

/** The floors that a tensor misses, in words. */
function missedBy({ method, comparison, ties }: Compared): string[] {
  if (comparison === undefined) return [];
  const { largestDifference, shareEqual, shareSameZeros } = comparison;
  const missed = (when: boolean, reason: string): string[] => (when ? [reason] : []);
  if (ties === undefined) {
    const exact = method !== "wanda";
    return [
      ...missed(exact && largestDifference > TOLERANCE, `a difference above ${TOLERANCE} of the largest weight`),
      ...missed(shareSameZeros < (exact ? 1 : FLOORS.mask), `${shareSameZeros} of the mask equal`),
    ];
  }
  return [
    ...missed(shareEqual < FLOORS.layer, `${shareEqual} of the weights equal`),
    ...missed(method === "sparsegpt" && shareSameZeros < FLOORS.mask, `${shareSameZeros} of the mask equal`),
    ...missed(ties.furthest > FLOORS.tie, `a row that parts ${ties.furthest.toPrecision(3)} from a tie`),
  ];
}

/** Share of equal weights over all of a method's tensors of a file, which are of one size. */
function poolByFile(built: readonly Compared[]): Map<string, number> {
  const groups = new Map<string, number[]>();
  for (const { file, method, comparison, ties } of built) {
    if (ties === undefined || comparison === undefined) continue;
    const key = `${file} ${method}`;
    groups.set(key, [...(groups.get(key) ?? []), comparison.shareEqual]);
  }
  return new Map([...groups].map(([key, shares]) => [key, shares.reduce((sum, share) => sum + share, 0) / shares.length]));
}

function worstOf(built: readonly Compared[], method: string): Record<string, number> {
  const those = built.filter((each) => each.method === method);
  const comparisons = those.flatMap(({ comparison }) => (comparison === undefined ? [] : [comparison]));
  return {
    tensors: those.length,
    smallestShareEqual: Math.min(...comparisons.map(({ shareEqual }) => shareEqual)),
    smallestShareSameZeros: Math.min(...comparisons.map(({ shareSameZeros }) => shareSameZeros)),
    furthestFromTie: Math.max(0, ...those.map(({ ties }) => ties?.furthest ?? 0)),
  };
}

function toRow(compared: Compared): Record<string, Cell> {
  const { label, comparison, ties } = compared;
  return {
    "layer and setting": label,
    "largest difference": comparison === undefined ? null : Number(comparison.largestDifference.toPrecision(3)),
    "equal within 1e-4": comparison?.shareEqual ?? null,
    "bit for bit": comparison?.shareIdentical ?? null,
    "same zeros": comparison?.shareSameZeros ?? null,
    "rows that part": ties?.differingRows ?? null,
    "from a tie": ties === undefined ? null : Number(ties.furthest.toPrecision(2)),
    result: comparison === undefined ? "not built yet" : missedBy(compared).length === 0 ? "pass" : "FAIL",
  };
}

/** One row a method that is still to come. */
function notBuilt(compared: readonly Compared[]): Record<string, Cell>[] {
  const missing = compared.filter(({ comparison }) => comparison === undefined);
  const counts = new Map<string, number>();
  for (const { method } of missing) counts.set(method, (counts.get(method) ?? 0) + 1);
  const blank = { file: "", comparison: undefined, ties: undefined };
  return [...counts].map(([method, count]) => toRow({ ...blank, label: `${method} (${count} tensors)`, method }));
}
