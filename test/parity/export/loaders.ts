import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { exportVariant, finish } from "../../../lib/index.js";
import type { Floats, Variant } from "../../../lib/index.js";
import { Decoder, ggufName, huggingFaceName, pairedRows, type Weights } from "../../../lib/model/index.js";
import { largestDifference, logProbabilities } from "./llama-cpp.js";
import { roundedBlocks, roundedWeights } from "./rounded.js";

/** Largest difference of a log-probability: float32 sums in another order. */
export const LARGEST_DIFFERENCE = 2e-3;

/** One export in one loader. */
export interface ExportCase {
  readonly format: "safetensors" | "gptq" | "awq" | "gguf";
  readonly floats?: Floats;
  /** What the loader computes with, from our own weights. */
  readonly expected: (variant: Variant) => Weights;
}

const asTheyAre = ({ weights }: Variant): Weights => weights;

/** Formats and what they round. */
export const EXPORT_CASES: Readonly<Record<string, ExportCase>> = {
  safetensors: { format: "safetensors", expected: asTheyAre },
  gguf: { format: "gguf", expected: asTheyAre },
  "gguf F16": { format: "gguf", floats: "F16", expected: roundedBlocks },
  gptq: { format: "gptq", expected: roundedWeights },
  awq: { format: "awq", expected: roundedWeights },
};

/** What a loader made of an export. */
export interface Comparison {
  readonly versions: Readonly<Record<string, string>>;
  /** Layers whose weights are ours bit for bit, of how many. */
  readonly equal: number;
  readonly of: number;
  /** Largest difference of a log-probability; null where the loader only reads. */
  readonly largest: number | null;
  readonly notes: readonly string[];
}

const Answer = z.object({
  versions: z.record(z.string(), z.string()),
  logprobs: z.array(z.array(z.number())),
  layers: z.record(z.string(), z.string()),
});

const PROMPTS = ["The capital of France is", "Water boils at a temperature of 100 degrees"];
const SITES = ["q", "k", "v", "o", "gate", "up", "down"].flatMap((kind) => [`blocks.0.${kind}`, `blocks.13.${kind}`]);

/** Exports a variant, has it loaded in Python, and compares weights and log-probabilities. @throws Error with the loader's last words */
export async function compareExport(
  python: string,
  variant: Variant,
  { format, floats, expected }: ExportCase,
): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-parity-"));
  try {
    const target = join(folder, "export");
    const { notes } = await finish(exportVariant(variant, { folder: target, format, floats }));
    const prompts = PROMPTS.map((prompt) => variant.model.tokenizer.encode(prompt));
    const nameOf = (site: string): string =>
      format === "gguf" ? ggufName(site) : huggingFaceName(site).replace(/\.weight$/, "");
    writeFileSync(join(folder, "ids.json"), JSON.stringify({ prompts, layers: SITES.map(nameOf) }));
    await runPeer(python, [format, target, join(folder, "ids.json"), join(folder, "out.json")]);
    const { versions, logprobs, layers } = Answer.parse(JSON.parse(readFileSync(join(folder, "out.json"), "utf8")));
    const weights = expected(variant);
    const digests = await Promise.all(SITES.map((site) => digestOf(variant, { weights, site, format })));
    const equal = SITES.filter((site, i) => layers[nameOf(site)] === digests[i]).length;
    const ours = logprobs.length === 0 ? [] : await ownLogProbabilities(variant, weights, prompts);
    const differences = logprobs.map((row, i) => largestDifference(Float64Array.from(row), ours[i]));
    return { versions, equal, of: SITES.length, largest: differences.length === 0 ? null : Math.max(...differences), notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function digestOf(
  { model }: Variant,
  { weights, site, format }: { weights: Weights; site: string; format: string },
): Promise<string> {
  const values = await weights.read(site);
  const [rows, cols] = weights.shape(site);
  const isPaired = format === "gguf" && /\.[qk]$/.test(site) && model.config.architecture !== "qwen2";
  const order = isPaired ? pairedRows(rows, model.config.headWidth) : Int32Array.from({ length: rows }, (_, row) => row);
  const hash = createHash("sha256");
  for (const row of order) hash.update(Buffer.from(values.slice(row * cols, (row + 1) * cols).buffer));
  return hash.digest("hex");
}

async function ownLogProbabilities(
  { model }: Variant,
  weights: Weights,
  prompts: readonly (readonly number[])[],
): Promise<Float64Array[]> {
  const decoder = await Decoder.load(model.config, weights);
  const rows = prompts.map((ids) => {
    const logits = decoder.logits(ids);
    return logProbabilities(logits.subarray(logits.length - model.config.vocabulary));
  });
  decoder.close();
  return rows;
}

function runPeer(python: string, args: readonly string[]): Promise<void> {
  const child = spawn(python, [join(import.meta.dirname, "peer.py"), ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4_000)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`the loader ended with ${code}: ${said.trim().split("\n").slice(-3).join(" ")}`)),
    );
  });
}
