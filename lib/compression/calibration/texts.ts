import { createHash } from "node:crypto";

import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { dataPath } from "../../formats/data-folder.js";
import { parseJsonLines } from "../../formats/json-lines.js";
import { readText } from "../../formats/plain-text.js";

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
