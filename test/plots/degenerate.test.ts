import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { plots, renderSvg } from "../../lib/plots/index.js";
import { columnOf, makeTable, type Cell, type Row } from "../../lib/tables/index.js";

const EDGES: readonly Cell[] = [null, 0, 1, -1, 100, 1e-9, 1e9, Number.NaN, Infinity, -Infinity];
const VARIANTS: readonly Row[] = [
  { variant: "dense", method: "dense", bits: null, pattern: null },
  { variant: "rtn-3bit", method: "rtn", bits: 3, pattern: null },
  { variant: "wanda-2:4", method: "wanda", bits: null, pattern: "2:4" },
];
/** What a column may hold besides what its type says. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  ...{ dimension: ["ethics", "privacy"], task: ["all", "zero-shot"], verdict: ["undecided"], figures: ["published", "ours"] },
  ...{
    before: ["right", "refused"],
    after: ["wrong", "degenerate"],
    flip: ["lost", "broke"],
    outcome: ["holds", "cannot be told"],
  },
  matrix: ["q", "down"],
};

/** Any cell that a column's declared type admits, numbers that no arithmetic survives among them. */
function cellOf(name: string): fc.Arbitrary<Cell> {
  const type = columnOf(name)?.type;
  if (type === "number") return fc.constantFrom(...EDGES);
  if (type === "flag") return fc.constantFrom<Cell>(true, false, null);
  return fc.constantFrom<Cell>(...(TEXTS[name] ?? ["a"]));
}

/** One to four rows, each of some variant; often all numbers the same. */
function rowsOf(names: readonly string[]): fc.Arbitrary<Row[]> {
  const row = fc
    .tuple(fc.constantFrom(...VARIANTS), fc.record(Object.fromEntries(names.map((name) => [name, cellOf(name)]))))
    .map(([variant, cells]): Row => ({ ...cells, ...variant }));
  return fc.oneof(
    fc.array(row, { minLength: 1, maxLength: 4 }),
    row.map((one) => VARIANTS.map((variant) => ({ ...one, ...variant }))),
  );
}

/** Every number in a specification; JSON would make null of those that are none. */
function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

describe.each(Object.values(plots).map((plot) => [plot.name, plot] as const))("the plot %s of degenerate tables", (_, plot) => {
  test("has finite numbers only, and draws without a complaint, or refuses with a sentence", async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(plot.needs), async (rows) => {
        const table = await makeTable([...plot.needs], rows);
        let spec;
        try {
          spec = plot.specify(table);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/^plot \w+/);
          return;
        }
        expect(numbersOf(spec).filter((value) => !Number.isFinite(value))).toEqual([]);
        expect(JSON.stringify(spec)).not.toMatch(/NaN|Infinity|undefined/);
        expect(await renderSvg(spec)).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 12, seed: 7 },
    );
  }, 60_000);
});
