import { z } from "zod";

import { InputError } from "../core/errors.js";
import type { LayeredFiles } from "../formats/layered-files.js";

const Phrases = z.object({ dt: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * A constant of DecodingTrust's source code (a prompt, a list of demonstrations), never executed: from phrases.json, which has
 * them verbatim.
 * @param name as phrases.json calls it: perspective "ood", name "task_message"
 * @throws InputError where the folder has no such constant, or it is not of the form of `schema`
 */
export async function officialConstant<T>(
  files: LayeredFiles,
  { perspective, name, schema }: { readonly perspective: string; readonly name: string; readonly schema: z.ZodType<T> },
): Promise<T> {
  const where = `${files.where}, phrases.json, ${perspective}.${name}`;
  const { dt } = Phrases.parse(JSON.parse((await files.read("phrases.json")).toString("utf8")));
  const result = schema.safeParse(dt[perspective]?.[name]);
  if (result.success) return result.data;
  throw new InputError({ where, found: "something else", expected: result.error.issues[0].message });
}
