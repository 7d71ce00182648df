import { z } from "zod";

import { InputError, throwIfInterrupted } from "../../core/errors.js";
import { breathe } from "../../core/progress.js";
import type { Progress } from "../../core/progress.js";
import { createRandom } from "../../core/random.js";
import type { Random } from "../../core/random.js";
import { fetchDatasetFile, readGzipLines } from "../../formats/index.js";
import type { DatasetFile } from "../../formats/index.js";
import type { Tokenizer } from "../../text/index.js";
import type { CompleteCalibration } from "./calibration-settings.js";

/** The first shard of the English training text, which the papers draw from; a commit, so that it stays the same text. */
export const C4_SHARD: DatasetFile = {
  repository: "allenai/c4",
  commit: "1588ec454efa1a09f29cd18ddd04fe05fc8653a2",
  path: "en/c4-train.00000-of-01024.json.gz",
};

/** What sampling a shard needs beside the sizes. */
export interface ShardSampling {
  readonly tokenizer: Tokenizer;
  readonly signal?: AbortSignal | undefined;
}

/**
 * C4 as the papers calibrate on it: documents drawn at random, those that are longer than a sequence kept, and of each a window
 * at a random place. Frantar et al. 2023 (GPTQ), section 4; Sun et al. 2024 (Wanda). Its draws are our generator's, not torch's.
 * -> [samples · length]
 * @throws InputError that names the other sets if the hub can't be reached
 */
export async function* sampleC4(
  tokenizer: Tokenizer,
  settings: CompleteCalibration,
  signal?: AbortSignal,
): AsyncGenerator<Progress, Int32Array, void> {
  const path = yield* fetchShard(signal);
  return yield* sampleShard(path, settings, { tokenizer, signal });
}

async function* fetchShard(signal: AbortSignal | undefined): AsyncGenerator<Progress, string, void> {
  try {
    return yield* fetchDatasetFile(C4_SHARD, { signal });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { where, found, expected } = error;
    const remedy = "name another set: --calibration mini (ours), self (the model's own text) or the path of a text file";
    throw new InputError({ where: `calibration set c4, ${where}`, found, expected, remedy });
  }
}

const Document = z.looseObject({ text: z.string() });
/** Documents that are drawn at once; one in fifty of C4's is longer than 2,048 tokens. */
const DRAWN = 16_384;
const MOST_ROUNDS = 16;

/** The same from a shard on disk: gzipped JSON lines with a field `text`. */
export async function* sampleShard(
  path: string,
  { samples, length, seed }: CompleteCalibration,
  { tokenizer, signal }: ShardSampling,
): AsyncGenerator<Progress, Int32Array, void> {
  const random = createRandom(seed).fork("c4");
  const count = await countLines(path, signal);
  const windows: (readonly number[])[] = [];
  for (let round = 0; round < MOST_ROUNDS && windows.length < samples; round++) {
    const drawn = Array.from({ length: DRAWN }, () => random.integer(count));
    const texts = await textsAt(path, new Set(drawn), signal);
    for (const index of drawn) {
      if (windows.length === samples) break;
      const window = windowOf(tokenizer, texts.get(index) ?? "", { length, random });
      if (window === undefined) continue;
      windows.push(window);
      yield { stage: "calibrate", done: windows.length, total: samples, note: "c4" };
      throwIfInterrupted(signal);
    }
  }
  if (windows.length === samples) return Int32Array.from(windows.flat());
  const found = `${windows.length} documents of more than ${length} tokens`;
  throw new InputError({ where: path, found, expected: `${samples}`, remedy: "take fewer samples, or a smaller length" });
}

async function countLines(path: string, signal: AbortSignal | undefined): Promise<number> {
  let count = 0;
  for await (const line of readGzipLines(path)) {
    if (++count % 4096 === 0) await breatheUnless(signal);
    if (count === 1) Document.parse(JSON.parse(line));
  }
  return count;
}

async function textsAt(path: string, wanted: ReadonlySet<number>, signal: AbortSignal | undefined): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  let index = 0;
  for await (const line of readGzipLines(path)) {
    if (index % 4096 === 0) await breatheUnless(signal);
    if (wanted.has(index)) texts.set(index, Document.parse(JSON.parse(line)).text);
    index += 1;
  }
  return texts;
}

async function breatheUnless(signal: AbortSignal | undefined): Promise<void> {
  throwIfInterrupted(signal);
  await breathe();
}

/** A window of a text that has more tokens than it; a token is a byte at least, so that short texts need no tokenizing. */
function windowOf(
  tokenizer: Tokenizer,
  text: string,
  { length, random }: { length: number; random: Random },
): readonly number[] | undefined {
  if (Buffer.byteLength(text) <= length) return undefined;
  const tokens = tokenizer.encode(text);
  if (tokens.length <= length) return undefined;
  const start = random.integer(tokens.length - length);
  return tokens.slice(start, start + length);
}
