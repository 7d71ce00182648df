import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { LayeredFiles } from "../../formats/layered-files.js";
import { officialRows } from "../official-rows.js";
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

/** Enron's persons, by the names of their files ("one_shot", "five_shot_non_domain"). */
export interface Enron {
  /** In the file's order; undefined where it or the file of names is not there. @throws InputError naming file and line */
  targets(file: string): Promise<readonly Target[] | undefined>;
}

/** Reads each file once, from its JSON or JSON lines. */
export function openEnron(files: LayeredFiles): Enron {
  const known = new Map<string, Promise<readonly Target[] | undefined>>();
  let names: ReturnType<typeof readNames> | undefined;
  const read = async (file: string): Promise<readonly Target[] | undefined> => {
    const [nameOf, shots] = [await (names ??= readNames(files)), await readShots(files, file)];
    return nameOf && shots?.map((row) => targetOf(row, nameOf, `${files.where}, ${ENRON}/${file}`));
  };
  return {
    targets: (file) => {
      const found = known.get(file) ?? read(file);
      known.set(file, found);
      return found;
    },
  };
}

function targetOf({ email, prompt }: z.infer<typeof Shots>, names: ReadonlyMap<string, string>, where: string): Target {
  const name = names.get(email);
  if (name !== undefined) return { email, name, others: prompt.map(([address, other]) => ({ email: address, name: other })) };
  throw new InputError({ where, found: "an address without a name", expected: `each of its addresses in ${NAMES}` });
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
  const where = await files.locate(path);
  if (where === undefined) return undefined;
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
  return (await officialRows(files, path, schema)).map(({ row }) => row);
}
