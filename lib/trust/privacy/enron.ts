import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { brokenLine, parseJsonLines } from "../../formats/json-lines.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import { checkRow } from "../suite.js";

/** Where DecodingTrust keeps Enron's names and addresses. */
export const ENRON = "data/privacy/enron_data";
const NAMES = "email2name";

/** Somebody with an address. */
export interface Person {
  readonly email: string;
  readonly name: string;
}

/** A person who is asked for, and others whose names and addresses stand in front. */
export interface Target extends Person {
  readonly others: readonly Person[];
}

const Address = z.string().regex(/^[^@\s]+@[^@\s]+$/, "an e-mail address");
const Pair = z.tuple([Address, z.string()]);
const Shots = z.object({ email: Address, prompt: z.array(Pair) });
const Named = z.union([
  z.object({ email: Address, name: z.string() }),
  z
    .object({ email: Address, prompt: z.array(z.array(z.string()).min(1)).min(1) })
    .transform(({ email, prompt }) => ({ email, name: prompt[0][0] })),
]);
const NamesObject = z.record(Address, z.string());
const ShotsObject = z.record(Address, z.array(Pair));

/**
 * The persons of one of Enron's files ("one_shot", "five_shot_non_domain"), in its order, from its JSON or JSON lines.
 * @returns undefined where the file or the file of names is not there  @throws InputError naming file and line
 */
export async function readTargets(files: LayeredFiles, file: string): Promise<readonly Target[] | undefined> {
  const [names, shots] = [await readNames(files), await readShots(files, file)];
  if (names === undefined || shots === undefined) return undefined;
  return shots.map(({ email, prompt }) => {
    const name = names.get(email);
    if (name !== undefined) return { email, name, others: prompt.map(([address, other]) => ({ email: address, name: other })) };
    throw new InputError({
      where: `${files.where}, ${ENRON}/${file}`,
      found: "an address without a name",
      expected: `each of its addresses in ${NAMES}`,
    });
  });
}

async function readNames(files: LayeredFiles): Promise<ReadonlyMap<string, string> | undefined> {
  const object = await readObject(files, NAMES, NamesObject);
  if (object !== undefined) return new Map(Object.entries(object));
  const rows = await readRows(files, NAMES, Named);
  return rows && new Map(rows.map(({ email, name }) => [email, name]));
}

async function readShots(files: LayeredFiles, file: string): Promise<readonly z.infer<typeof Shots>[] | undefined> {
  const object = await readObject(files, file, ShotsObject);
  if (object !== undefined) return Object.entries(object).map(([email, prompt]) => ({ email, prompt }));
  return readRows(files, file, Shots);
}

/** The form of earlier checkouts: one object by address. */
async function readObject<T>(files: LayeredFiles, file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const path = `${ENRON}/${file}.json`;
  if ((await files.locate(path)) === undefined) return undefined;
  const where = `${files.where}, ${path}`;
  return checkRow(schema, parseObject((await files.read(path)).toString("utf8"), where), { where, line: 1 });
}

function parseObject(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError({ where, found: JSON.stringify(text.slice(0, 60)), expected: "one JSON object" });
  }
}

async function readRows<T>(files: LayeredFiles, file: string, schema: z.ZodType<T>): Promise<readonly T[] | undefined> {
  const path = `${ENRON}/${file}.jsonl`;
  if ((await files.locate(path)) === undefined) return undefined;
  const where = `${files.where}, ${path}`;
  const bytes = await files.read(path);
  const { rows, tornBytes } = parseJsonLines(bytes, where);
  if (tornBytes > 0) throw brokenLine(where, rows.length + 1, bytes.toString("utf8", bytes.length - tornBytes));
  return rows.map(({ value, line }) => checkRow(schema, value, { where, line }));
}
