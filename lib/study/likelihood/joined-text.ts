import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { parseJsonLines } from "../../formats/json-lines.js";
import type { Joining } from "./convention.js";

const Document = z.looseObject({ text: z.string() });
const BLANK_LINE = "\n\n";

/**
 * A file's content as one text. `lines`: every line is a document with its line end, an empty one without, as the hub's rows of
 * WikiText are; so the text of `"\n\n".join(rows)`, with which the papers and the transformers guide begin.
 * @throws InputError naming file and line for a document without a text
 */
export function joinedText(content: string, joining: Joining, where: string): string {
  if (joining === "none") return content;
  if (joining === "documents") return documentsOf(content, where).join(BLANK_LINE);
  const lines = content.split("\n");
  if (lines.at(-1) === "") lines.pop(); // what stands behind the last line end is no line
  return lines.map((line) => (line.trim() === "" ? "" : `${line}\n`)).join(BLANK_LINE);
}

function documentsOf(content: string, where: string): string[] {
  const whole = content.endsWith("\n") ? content : `${content}\n`;
  const { rows, tornBytes } = parseJsonLines(Buffer.from(whole), where);
  const texts = rows.map(({ line, value }) => {
    const result = Document.safeParse(value);
    if (result.success) return result.data.text;
    throw new InputError({ where: `${where}, line ${line}`, found: "no text", expected: 'a document: {"text": "…"}' });
  });
  if (tornBytes === 0) return texts;
  throw new InputError({ where: `${where}, line ${rows.length + 1}`, found: "no JSON", expected: 'a document: {"text": "…"}' });
}
