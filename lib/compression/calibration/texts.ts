import { createHash } from "node:crypto";

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { dataPath } from "../../formats/data-folder.js";
import { readJson } from "../../formats/json-file.js";
import { parseJsonLines } from "../../formats/json-lines.js";
import { readText } from "../../formats/plain-text.js";

/** Token ids of whole sequences, as other tools save them. */
const Sequences = z.array(z.array(z.int().nonnegative()).min(1)).min(1);

/**
 * The first sequences of a JSON file, [[ids], …], cut to a length, in their order: for comparing with what other tools made of the
 * same tokens. -> [samples · length]
 * @throws InputError naming the file if it holds something else, or too little
 */
export async function readTokenSequences(path: string, samples: number, length: number): Promise<Int32Array> {
  const sequences = await readJson(path, (value) => Sequences.parse(value));
  const long = sequences.filter((sequence) => sequence.length >= length);
  if (long.length < samples) {
    const found = `${long.length} sequences of at least ${length} tokens`;
    throw new InputError({ where: path, found, expected: `${samples}`, remedy: "take fewer samples, or a smaller length" });
  }
  return Int32Array.from(long.slice(0, samples).flatMap((sequence) => sequence.slice(0, length)));
}

/** Texts to draw calibration windows from. */
export interface CalibrationTexts {
  readonly where: string;
  readonly texts: readonly string[];
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
}

const Line = z.looseObject({ text: z.string() });

/**
 * Our own texts, of the file data/calibration/mini.jsonl; or those of another file: JSON lines with a field `text`, or one text.
 * @throws InputError naming the file, and the line that is no object with a text
 */
export async function readCalibrationTexts(calibration: string): Promise<CalibrationTexts> {
  const path = calibration === "mini" ? dataPath("calibration", "mini.jsonl") : calibration;
  const { content } = await readText(path); // bounded, and refuses what is no UTF-8
  const digest = createHash("sha256").update(content).digest("hex");
  if (!/\.jsonl?$/i.test(path)) return { where: path, texts: [content], digest };
  const { rows } = parseJsonLines(Buffer.from(content.endsWith("\n") ? content : `${content}\n`), path);
  const texts = rows.map(({ line, value }) => {
    const parsed = Line.safeParse(value);
    if (parsed.success) return parsed.data.text;
    throw new InputError({ where: `${path}, line ${line}`, found: "no text", expected: 'an object with a field "text"' });
  });
  return { where: path, texts, digest };
}
