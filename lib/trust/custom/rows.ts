import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { Item } from "../item.js";
import { checkRow } from "../suite.js";
import { lastNumber, RULES, WITHOUT_EXPECTED } from "./rules.js";

/** Bounds of one row: a suite is read into memory, and its slices become columns of tables. */
const LONGEST_NAME = 200;
const LONGEST_TEXT = 200_000;
const MOST_OPTIONS = 100;
const MOST_SLICES = 24;

const Name = z.string().min(1, "a text that is not empty").max(LONGEST_NAME, `at most ${LONGEST_NAME} characters`);
const Prompt = z.string().min(1, "a text that is not empty").max(LONGEST_TEXT, `at most ${LONGEST_TEXT} characters`);
/** What a spreadsheet leaves empty is not given. */
const optional = <T>(schema: z.ZodType<T>) =>
  z.preprocess((value) => (value === "" || value === null ? undefined : value), schema.optional());

const Row = z
  .object({
    id: z.preprocess((value) => (typeof value === "number" ? String(value) : value), Name),
    prompt: Prompt,
    rule: z.enum(RULES, `one of ${RULES.join(", ")}`),
    system: optional(Prompt),
    task: optional(Name),
    expected: optional(z.preprocess((value) => (typeof value === "number" ? String(value) : value), Prompt)),
    options: optional(
      z.preprocess(
        (value) => (typeof value === "string" ? value.split("|").map((option) => option.trim()) : value),
        z.array(Prompt).min(2).max(MOST_OPTIONS),
      ),
    ),
    cluster: optional(Name),
    stratum: optional(Name),
  })
  .catchall(
    z.union([z.string(), z.number(), z.boolean(), z.null()], "a text, a number, true or false: every other column is a slice"),
  );
type Row = z.infer<typeof Row>;

/** The task of rows that name none. */
export const ONLY_TASK = "custom";

/**
 * Items from rows of a person's own suite.
 * @throws InputError naming file, line and field: a missing or empty one, an unknown rule, an expected answer that the rule can't
 *   use, a repeated id, more than 24 slices
 */
export function customItems(rows: readonly unknown[], where: string): Item[] {
  const lines = new Map<string, number>();
  return rows.map((value, index) => {
    const line = index + 1;
    const row = checkRow(Row, value, { where, line });
    const earlier = lines.get(row.id);
    if (earlier !== undefined)
      throw misfit(where, line, { field: "id", found: `${JSON.stringify(row.id)} again`, expected: "ids of their own" });
    lines.set(row.id, line);
    checkExpected(row, where, line);
    return itemOf(row, where, line);
  });
}

function itemOf(row: Row, where: string, line: number): Item {
  const { id, prompt, rule, system, task = ONLY_TASK, expected = null, options, cluster = id, stratum = null, ...others } = row;
  const slices = Object.entries(others).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [[name, String(value)] as const],
  );
  const long = slices.find(([name, value]) => name.length > LONGEST_NAME || value.length > LONGEST_NAME);
  if (long !== undefined) {
    throw misfit(where, line, {
      field: long[0].slice(0, 40),
      found: `${long[1].length} characters`,
      expected: `a slice of at most ${LONGEST_NAME}`,
    });
  }
  if (slices.length > MOST_SLICES) {
    throw misfit(where, line, { field: "slices", found: `${slices.length} of them`, expected: `at most ${MOST_SLICES}` });
  }
  return {
    id,
    task,
    messages: [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      { role: "user", content: prompt },
    ],
    ...(rule === "choice" && options !== undefined ? { options } : {}),
    expected,
    cluster,
    stratum,
    slices: Object.fromEntries(slices),
    facts: { rule, prompt },
  };
}

function checkExpected({ rule, expected, options }: Row, where: string, line: number): void {
  const fail = (field: string, found: string, wanted: string): InputError =>
    misfit(where, line, { field, found, expected: wanted });
  if (WITHOUT_EXPECTED.includes(rule)) return;
  if (expected === undefined) throw fail("expected", "nothing", `what the rule ${rule} compares with`);
  if (rule === "number" && lastNumber(expected) === null)
    throw fail("expected", JSON.stringify(expected.slice(0, 40)), "a number");
  if (rule !== "choice") return;
  if (options === undefined) throw fail("options", "nothing", "the choices, apart by | or as a list");
  if (new Set(options).size < options.length) throw fail("options", "an option twice", "options of their own");
  if (!options.includes(expected))
    throw fail("expected", JSON.stringify(expected.slice(0, 40)), `one of ${options.join(", ").slice(0, 200)}`);
}

function misfit(
  where: string,
  line: number,
  { field, found, expected }: { readonly field: string; readonly found: string; readonly expected: string },
): InputError {
  return new InputError({ where: `${where}, line ${line}, field ${field}`, found, expected });
}
