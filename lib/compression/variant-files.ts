import { join } from "node:path";

import { z } from "zod";

import { InputError } from "../core/errors.js";
import { openSafetensors, readJson, writeJson, writeSafetensors } from "../formats/index.js";
import type { SafetensorsFile, TensorToWrite } from "../formats/index.js";
import type { LinearKind } from "../model/linear-sites.js";
import { packCodes, unpackCodes } from "./quantization/packed-codes.js";
import { countKept } from "./stored-matrix.js";
import type { StoredMatrix } from "./stored-matrix.js";
import { type LayerReport, VariantSummary } from "./variant.js";

/** Raise it when files or methods change so that an older entry must not be used. */
export const VARIANT_VERSION = 4;

/** The name of the file with a variant's summary and reports. */
export const SUMMARY = "variant.json";
/** The name of a block's file within a variant's folder. */
export const blockFileName = (block: number): string => `block-${String(block).padStart(4, "0")}.safetensors`;
const blockFile = (folder: string, block: number): string => join(folder, blockFileName(block));

const Layout = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("quantized"),
    rows: z.int().positive(),
    cols: z.int().positive(),
    bits: z.int().min(1).max(8),
    group: z.int().positive(),
    symmetric: z.boolean(),
    /** Whether each input's group is stored. */
    indexed: z.boolean(),
  }),
  z.object({ kind: z.literal("masked"), rows: z.int().positive(), cols: z.int().positive() }),
  z.object({ kind: z.literal("sparse"), rows: z.int().positive(), cols: z.int().positive() }),
]);

const Report = z.object({
  site: z.string(),
  sparsity: z.number(),
  bitsPerWeight: z.number(),
  relativeError: z.number(),
  outputError: z.number().nullable(),
  storedBytes: z.number(),
  notes: z.array(z.string()),
});

const VariantFigures = z.object({ summary: VariantSummary, layers: z.array(Report) });

/** What is kept of a variant beside its weights. */
export interface StoredVariant {
  readonly summary: VariantSummary;
  readonly layers: readonly LayerReport[];
}

/** @throws InputError if the file is not as `writeFigures` writes it */
export const readFigures = (folder: string): Promise<StoredVariant> =>
  readJson(join(folder, SUMMARY), (value) => VariantFigures.parse(value));

/** Writes a variant's summary and layer reports. */
export const writeFigures = (folder: string, { summary, layers }: StoredVariant): Promise<void> =>
  writeJson(join(folder, SUMMARY), { summary: { ...summary }, layers: layers.map((layer) => ({ ...layer })) });

const Finished = z.object({ seconds: z.number(), peakBytes: z.number(), layers: z.array(Report) });

/** What is known of a block that is finished, kept while its variant is under way. */
export interface FinishedBlock {
  /** Wall time since the block before it was finished. */
  readonly seconds: number;
  /** The most memory that the process held meanwhile. */
  readonly peakBytes: number;
  readonly layers: readonly LayerReport[];
}

/** @throws InputError if the file is not as `writeFinished` writes it */
export const readFinished = (folder: string, block: number): Promise<FinishedBlock> =>
  readJson(join(folder, reportsFileName(block)), (value) => Finished.parse(value));

/** Keeps what is known of a finished block. */
export const writeFinished = (folder: string, block: number, { seconds, peakBytes, layers }: FinishedBlock): Promise<void> =>
  writeJson(join(folder, reportsFileName(block)), { seconds, peakBytes, layers: layers.map((layer) => ({ ...layer })) });

/** The name of the file with a block's reports, which is there until the variant is whole. */
export const reportsFileName = (block: number): string => `block-${String(block).padStart(4, "0")}.json`;

/**
 * Writes one block's compressed layers and the vectors that are replaced with them: a safetensors file with packed codes, scales and
 * zero points, or masks and kept weights.
 */
export async function writeBlock(
  folder: string,
  block: number,
  { layers, vectors }: { layers: ReadonlyMap<LinearKind, StoredMatrix>; vectors: ReadonlyMap<string, Float32Array> },
): Promise<void> {
  const tensors = [...vectors].map(([name, data]): TensorToWrite => ({ name, storage: "F32", shape: [data.length], data }));
  const layouts: Record<string, string> = {};
  for (const [kind, stored] of layers) {
    layouts[kind] = JSON.stringify(layoutOf(stored));
    tensors.push(...tensorsOf(kind, stored));
  }
  await writeSafetensors(blockFile(folder, block), tensors, layouts);
}

/** One compressed layer of a block. @throws InputError if the file is damaged or has changed */
export async function readLayer(folder: string, block: number, kind: LinearKind): Promise<StoredMatrix> {
  const file = await openSafetensors(blockFile(folder, block));
  try {
    const layout = Layout.parse(JSON.parse(String(file.metadata.get(kind))));
    return layout.kind === "quantized" ? await readQuantized(file, kind, layout) : await readPruned(file, kind, layout);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const found = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw new InputError({ where: `${file.path}, ${kind}`, found, expected: "a variant's block", remedy: "compress again" });
  } finally {
    await file.close();
  }
}

/** A vector of a block; undefined where the method left the model's. @throws InputError if the file is damaged or has changed */
export async function readVector(folder: string, block: number, name: string): Promise<Float32Array | undefined> {
  const file = await openSafetensors(blockFile(folder, block));
  try {
    return file.tensors.has(name) ? await file.read(name) : undefined;
  } finally {
    await file.close();
  }
}

type Layout = z.infer<typeof Layout>;

function layoutOf(stored: StoredMatrix): Layout {
  const { kind, rows, cols } = stored;
  if (kind !== "quantized") return { kind, rows, cols };
  const { bits, group, symmetric, groupIndex } = stored;
  return { kind, rows, cols, bits, group, symmetric, indexed: groupIndex !== undefined };
}

function tensorsOf(kind: LinearKind, stored: StoredMatrix): TensorToWrite[] {
  const bytes = (name: string, data: Uint8Array): TensorToWrite => ({
    name: `${kind}.${name}`,
    storage: "U8",
    shape: [data.length],
    data,
  });
  const floats = (name: string, data: Float32Array): TensorToWrite => ({
    name: `${kind}.${name}`,
    storage: "F32",
    shape: [data.length],
    data,
  });
  if (stored.kind === "masked") return [bytes("mask", stored.mask)];
  if (stored.kind === "sparse") return [floats("values", stored.values), bytes("mask", stored.mask)];
  const { scales, zeros, codes, bits, groupIndex } = stored;
  const index = groupIndex === undefined ? [] : [bytes("groups", bytesOf(groupIndex))];
  return [floats("scales", scales), bytes("codes", packCodes(codes, bits)), bytes("zeros", zeros), ...index];
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

type Pruned = Extract<Layout, { kind: "masked" | "sparse" }>;

async function readPruned(file: SafetensorsFile, name: LinearKind, { kind, rows, cols }: Pruned): Promise<StoredMatrix> {
  const mask = await file.readBytes(`${name}.mask`);
  checkLength(mask.length, Math.ceil((rows * cols) / 8));
  if (kind === "masked") return { kind, rows, cols, mask };
  const values = await file.read(`${name}.values`);
  checkLength(values.length, countKept(mask));
  return { kind, rows, cols, mask, values };
}

async function readQuantized(
  file: SafetensorsFile,
  kind: LinearKind,
  { indexed, ...layout }: Extract<Layout, { kind: "quantized" }>,
): Promise<StoredMatrix> {
  const { rows, cols, bits, group } = layout;
  const scales = await file.read(`${kind}.scales`);
  const zeros = await file.readBytes(`${kind}.zeros`);
  checkLength(scales.length, rows * Math.ceil(cols / group));
  checkLength(zeros.length, scales.length);
  const codes = unpackCodes(await file.readBytes(`${kind}.codes`), bits, rows * cols);
  if (!indexed) return { ...layout, codes, scales, zeros };
  const groupIndex = new Uint16Array((await file.readBytes(`${kind}.groups`)).slice().buffer);
  checkLength(groupIndex.length, cols);
  if (groupIndex.some((each) => each >= Math.ceil(cols / group))) throw new Error("an input in a group that there is not");
  return { ...layout, codes, scales, zeros, groupIndex };
}

function checkLength(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} values instead of ${expected}`);
}
