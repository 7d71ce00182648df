import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import * as catalogue from "../../lib/compression/catalogue.js";
import { type CompressionMethod, noStatistics } from "../../lib/compression/method.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import type { WeightMatrix } from "../../lib/compression/stored-matrix.js";
import { openModelFile } from "../../lib/formats/index.js";
import type { ModelFile } from "../../lib/formats/index.js";
import { compareWeights, readCase } from "./compression-cases.js";
import type { Comparison, ReferenceCase } from "./compression-cases.js";
import { runParity } from "./report.js";
import type { Cell } from "./report.js";

/** Float rounding: of the layer's largest weight. */
const TOLERANCE = 1e-6;

/** `npm run parity:compression -- DIR`: our compressed layers against those of the authors' code, method by method. */
await runParity("parity:compression", async () => {
  const folder = layersFolder(process.argv[2] ?? "../shared/reference");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".safetensors")).sort();
  if (files.length === 0) throw new Error(`no safetensors files in ${folder}`);
  const compared = (await Promise.all(files.map((file) => compareFile(join(folder, file))))).flat();
  const built = compared.filter(({ comparison }) => comparison !== undefined);
  const missed = built.filter(({ comparison }) => comparison !== undefined && !passes(comparison)).map(({ label }) => label);
  return {
    rows: [...built.map(toRow), ...notBuilt(compared)],
    figures: {
      tensors: built.length,
      largestDifference: Math.max(0, ...built.map(({ comparison }) => comparison?.largestDifference ?? 0)),
      smallestShareEqual: Math.min(1, ...built.map(({ comparison }) => comparison?.shareEqual ?? 1)),
      smallestShareSameZeros: Math.min(1, ...built.map(({ comparison }) => comparison?.shareSameZeros ?? 1)),
      notBuiltYet: compared.length - built.length,
    },
    missed: [
      ...missed.map((label) => `${label}: a difference above ${TOLERANCE} of the largest weight, or another mask`),
      ...(built.length === 0 ? ["no reference tensor of a method that exists"] : []),
    ],
  };
});

interface Compared {
  readonly label: string;
  readonly method: string;
  readonly comparison: Comparison | undefined;
}

function layersFolder(folder: string): string {
  return existsSync(join(folder, "layers")) ? join(folder, "layers") : folder;
}

async function compareFile(path: string): Promise<Compared[]> {
  const file = await openModelFile(path);
  const [rows, cols] = file.tensors.get("w")?.shape ?? [0, 0];
  const weight = { rows, cols, values: await file.read("w") };
  const compared: Compared[] = [];
  for (const name of file.tensors.keys()) {
    const found = readCase(name);
    if (found === undefined) continue;
    const comparison = await compareCase(file, weight, found);
    compared.push({ label: `${basename(path, ".safetensors")} ${name}`, method: found.method, comparison });
  }
  await file.close();
  return compared;
}

async function compareCase(file: ModelFile, weight: WeightMatrix, found: ReferenceCase): Promise<Comparison | undefined> {
  const methods: CompressionMethod[] = Object.values(catalogue);
  const method = methods.find(({ name }) => name === found.method);
  if (method === undefined) return undefined;
  const input = { block: 0, kinds: ["q" as const], read: () => Promise.resolve(weight), statistics: noStatistics };
  for await (const { stored } of method.compressBlock(input, { ...method.defaults, ...found.settings })) {
    return compareWeights(restore(stored, weight.values), await file.read(found.tensor), weight.values);
  }
  return undefined;
}

function passes({ largestDifference, shareSameZeros }: Comparison): boolean {
  return largestDifference <= TOLERANCE && shareSameZeros === 1;
}

function toRow({ label, comparison }: Compared): Record<string, Cell> {
  return {
    "layer and setting": label,
    "largest difference": comparison === undefined ? null : Number(comparison.largestDifference.toPrecision(3)),
    "equal within 1e-4": comparison?.shareEqual ?? null,
    "bit for bit": comparison?.shareIdentical ?? null,
    "same zeros": comparison?.shareSameZeros ?? null,
    result: comparison === undefined ? "not built yet" : passes(comparison) ? "pass" : "FAIL",
  };
}

/** One row a method that is still to come. */
function notBuilt(compared: readonly Compared[]): Record<string, Cell>[] {
  const counts = new Map<string, number>();
  for (const { method, comparison } of compared) if (comparison === undefined) counts.set(method, (counts.get(method) ?? 0) + 1);
  return [...counts].map(([method, count]) => toRow({ label: `${method} (${count} tensors)`, method, comparison: undefined }));
}
