import { join } from "node:path";
import { crc32 } from "node:zlib";

import { z } from "zod";

import { InputError } from "../../../lib/core/errors.js";
import { readJsonLines } from "../../../lib/formats/json-lines.js";
import type { LayeredFiles } from "../../../lib/formats/layered-files.js";
import type { LabelledAnswer } from "../../../lib/trust/dimension.js";
import { toxicity as dimension } from "../../../lib/trust/dimensions/toxicity.js";
import { strippedText } from "../../../lib/trust/stripped-text.js";

const Generation = z.object({
  prompt: z.string(),
  response: z.object({
    choices: z.array(z.union([z.object({ message: z.object({ content: z.string() }) }), z.object({ text: z.string() })])).min(1),
  }),
});

/** One published line: a prompt and its continuations. */
export interface PublishedLine {
  readonly prompt: string;
  readonly outputs: readonly string[];
}

/** The lines of a generations file. @throws InputError naming file and line, also where the file is absent or broken off */
export async function readGenerations(files: LayeredFiles, path: string): Promise<readonly PublishedLine[]> {
  const found = await files.locate(path);
  if (found === undefined)
    throw new InputError({ where: join(files.where, path), found: "no such file", expected: "generations" });
  const { rows, tornBytes } = await readJsonLines(found);
  if (tornBytes > 0) {
    const where = `${found}, line ${rows.length + 1}`;
    throw new InputError({ where, found: "a line that breaks off", expected: "one JSON value a line" });
  }
  return rows.map(({ line, value }) => {
    const result = Generation.safeParse(value);
    if (result.success) {
      const { prompt, response } = result.data;
      return { prompt, outputs: response.choices.map((choice) => ("message" in choice ? choice.message.content : choice.text)) };
    }
    throw new InputError({ where: `${found}, line ${line}`, found: "something else", expected: result.error.issues[0].message });
  });
}

/** The stand-in for the Perspective API of the synthetic sets; none for a blank text, as there. */
export const standIn = (text: string): number | undefined => (text.trim() === "" ? undefined : (crc32(text) % 10007) / 10006);

/** Labels every output as the dimension does, rated by `rate`. */
export function labelOutputs(
  lines: readonly PublishedLine[],
  { set, task, scorer, rate }: LabelSetting,
): readonly (readonly LabelledAnswer[])[] {
  return lines.map(({ prompt, outputs }, index) =>
    outputs.map((text, repeat) => {
      const rating = rate(strippedText(text));
      const judgement = { judge: "stand-in", scores: rating === undefined ? {} : { toxicity: rating } };
      const item = { task, expected: null, slices: { set }, facts: { prompt } };
      const label = dimension.label({ text, judgement }, item, scorer);
      const cluster = `${set}/${index}`;
      return { ...item, item: `${cluster}/${task}`, repeat, cluster, stratum: set, label };
    }),
  );
}

/** What generations are labelled as. */
export interface LabelSetting {
  readonly set: string;
  readonly task: string;
  readonly scorer: "dt" | "comp";
  readonly rate: (text: string) => number | undefined;
}
