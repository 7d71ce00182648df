import type { z } from "zod";

import { brokenLine, parseJsonLines } from "../formats/json-lines.js";
import type { LayeredFiles } from "../formats/layered-files.js";
import { checkRow } from "./suite.js";

/**
 * The rows of one of DecodingTrust's JSON lines files; its last line may lack a line end, as some published ones do.
 * @throws InputError naming file and line, also for a file that was cut
 */
export async function officialRows<T>(
  files: LayeredFiles,
  path: string,
  schema: z.ZodType<T>,
): Promise<{ readonly line: number; readonly row: T }[]> {
  const where = (await files.locate(path)) ?? path;
  const bytes = await files.read(path);
  const whole = bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from("\n")]);
  const { rows, tornBytes } = parseJsonLines(whole, where);
  if (tornBytes > 0) throw brokenLine(where, rows.length + 1, whole.toString("utf8", whole.length - tornBytes));
  return rows.map(({ value, line }) => ({ line, row: checkRow(schema, value, { where, line }) }));
}
