import { join } from "node:path";

import { ggufBytes, type GgufSource, type GgufStorage, type LevelLayout, writeGguf } from "../../formats/index.js";
import { ggufName, pairedRows } from "../../model/index.js";
import type { ModelConfig } from "../../model/config.js";
import { allSites } from "../../model/linear-sites.js";
import { rotaryFrequencies } from "../../model/rope-scaling.js";
import type { Variant } from "../variant.js";
import { codeGrid } from "./code-grids.js";
import type { CodeGrid } from "./code-grids.js";
import type { ExportFormat, Floats } from "./export-format.js";
import { floatNotes, storedFloats } from "./float-tensors.js";
import { ggufArchitecture, ggufKeys } from "./gguf-keys.js";
import { encodeGrid, levelLayout } from "./gguf-levels.js";

/** The file within the folder. */
const FILE = "model.gguf";

/** ggml's numbers of how most of a file is stored. */
const FILE_TYPES: ReadonlyMap<GgufStorage, number> = new Map([
  ["F32", 0],
  ["F16", 1],
  ["Q4_0", 2],
  ["Q4_1", 3],
  ["Q8_0", 7],
  ["BF16", 32],
]);

/**
 * A file that llama.cpp loads. Quantized layers stand in GGUF's own blocks where these hold them exactly: scales must be float16, so in
 * F32 (the standard) only where they are, else with scales rounded. All other matrices are numbers; vectors are always F32.
 */
export const gguf: ExportFormat = {
  name: "gguf",
  summary: "one file that llama.cpp loads: numbers, or Q4_0, Q4_1 and Q8_0 blocks where these are exact",
  floats: "F32",
  plan: async ({ variant, source, floats }) => {
    const { config } = variant.model;
    const { layouts, notes } = await layoutsOf(variant, floats);
    const tensors = [
      ...ropeTensors(config),
      ...variant.weights.names.map((name) => tensorOf(variant, name, { floats, layouts })),
    ];
    const keys = ggufKeys(config, source, FILE_TYPES.get(mostFrequent(config, layouts) ?? floats) ?? 0);
    return {
      bytes: ggufBytes(tensors),
      tensors: tensors.length,
      notes: [...notes, ...floatNotes(floats), ...windowNotes(config)],
      write: (draft) => writeGguf(join(draft.folder, FILE), keys, tensors),
    };
  },
};

/** Blocks by the name of the layer; one layer at a time is in memory. */
async function layoutsOf(variant: Variant, floats: Floats): Promise<{ layouts: Map<string, LevelLayout>; notes: string[] }> {
  const layouts = new Map<string, LevelLayout>();
  let rounded = 0;
  for (const site of allSites(variant.model.config.blocks)) {
    const stored = await variant.storedMatrix(site);
    if (stored?.kind !== "quantized") continue;
    const isExact = (grid: CodeGrid): boolean => grid.scales.every((scale, i) => scale === stored.scales[i]);
    const grid = codeGridOrNone(site, stored);
    if (grid === undefined || (floats === "F32" && !isExact(grid))) continue;
    const layout = levelLayout(grid);
    if (layout === undefined) continue;
    layouts.set(site, layout);
    if (!isExact(grid)) rounded++;
  }
  return { layouts, notes: rounded > 0 ? [`scales of ${rounded} layers are rounded to float16`] : [] };
}

/** Scales beyond float16 are no error here: the layer is written as numbers. */
function codeGridOrNone(...[site, stored]: Parameters<typeof codeGrid>): CodeGrid | undefined {
  return stored.scales.every((scale) => Math.abs(scale) < 65_504 && (scale === 0 || Math.abs(scale) >= 2 ** -24))
    ? codeGrid(site, stored)
    : undefined;
}

function tensorOf(
  variant: Variant,
  name: string,
  { floats, layouts }: { floats: Floats; layouts: ReadonlyMap<string, LevelLayout> },
): GgufSource {
  const shape = variant.weights.shape(name);
  const layout = layouts.get(name);
  const rowOf = rowOrder(name, shape[0], variant.model.config);
  if (layout === undefined) {
    const storage = shape.length === 1 ? "F32" : floats;
    const data = async (): ReturnType<GgufSource["data"]> =>
      storedFloats(name, inOrder(await variant.weights.read(name), shape, rowOf), storage);
    return { name: ggufName(name), storage, shape, data };
  }
  const data = async (): Promise<Uint8Array> => {
    const stored = await variant.storedMatrix(name);
    if (stored?.kind !== "quantized") throw new Error(`${name} is no longer on a grid`);
    return encodeGrid(layout, codeGrid(name, stored), rowOf ?? ((row) => row));
  };
  return { name: ggufName(name), storage: layout, shape, data };
}

type RowOrder = ((row: number) => number) | undefined;

/** For each row of the file ours; undefined where they are in the same order. */
function rowOrder(name: string, rows: number, config: ModelConfig): RowOrder {
  if (!/\.[qk]$/.test(name) || !ggufArchitecture(config).pairedRows) return undefined;
  const order = pairedRows(rows, config.headWidth);
  return (row) => order[row];
}

function inOrder(values: Float32Array, [rows, cols]: readonly number[], rowOf: RowOrder): Float32Array {
  if (rowOf === undefined) return values;
  const ordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const own = rowOf(row);
    ordered.set(values.subarray(own * cols, (own + 1) * cols), row * cols);
  }
  return ordered;
}

/** What LLaMA 3's scaling divides each frequency by. */
function ropeTensors(config: ModelConfig): GgufSource[] {
  const { ropeScaling: scaling, headWidth, ropeBase } = config;
  if (scaling?.kind !== "llama3" && scaling?.kind !== "factors") return [];
  const plain = rotaryFrequencies({ headWidth, ropeBase }).frequencies;
  const factors =
    scaling.kind === "factors" ? scaling.factors : rotaryFrequencies(config).frequencies.map((f, i) => plain[i] / f);
  const data = (): Promise<Float32Array> => Promise.resolve(Float32Array.from(factors));
  return [{ name: "rope_freqs.weight", storage: "F32", shape: [headWidth / 2], data }];
}

function mostFrequent({ blocks }: ModelConfig, layouts: ReadonlyMap<string, LevelLayout>): LevelLayout | undefined {
  const counts = new Map<LevelLayout, number>();
  for (const layout of layouts.values()) counts.set(layout, (counts.get(layout) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most !== undefined && 2 * layouts.size >= allSites(blocks).length ? most[0] : undefined;
}

function windowNotes(config: ModelConfig): string[] {
  const isRead = config.window === undefined || ggufArchitecture(config).name !== "llama";
  return isRead ? [] : [`llama.cpp reads this architecture without its window of ${config.window} tokens`];
}
