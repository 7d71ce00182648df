import { beforeAll, describe, expect, test } from "vitest";

import { readCsv } from "../../lib/formats/csv.js";
import { dataPath } from "../../lib/formats/data-folder.js";
import { checkClaims, type Checked, CLAIMS, contradictions, readPublished } from "../../lib/paper/index.js";

/** The published table, read anew: by model, compression and column, the mean over seeds. */
type Cells = Readonly<Record<string, string>>;
const EIGHT = ["stereotype", "toxicity", "privacy", "fairness", "ethics", "adversarial", "ood", "icl"];
let cells: Cells[];
let checked: Checked[];
beforeAll(async () => {
  cells = (await readCsv(dataPath("paper", "figures.csv"), ["table", "value"])).filter(({ table }) => table === "num_sheet");
  checked = await checkClaims();
});

const values = (model: string, how: string, dimension: string, metric = "score"): number[] =>
  cells
    .filter((c) => c.model === model && [c.method, c.bits || c.pattern].join(" ").trim() === how)
    .filter((c) => c.dimension === dimension && c.metric === metric)
    .map((c) => Number(c.value));
const average = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;
const at = (model: string, how: string, dimension: string): number => average(values(model, how, dimension));
const d = (model: string, how: string, dimension: string): number => at(model, how, dimension) - at(model, "dense", dimension);
const md = (model: string, how: string): number => average(EIGHT.map((dimension) => d(model, how, dimension)));
const mmlu = (model: string, how: string): number =>
  average(values(model, how, "mmlu", "accuracy")) - average(values(model, "dense", "mmlu", "accuracy"));
const refused = (model: string, how: string): number =>
  average(values(model, how, "ethics", "refusal")) - average(values(model, "dense", "ethics", "refusal"));
const sd = (all: readonly number[]): number => Math.sqrt(all.reduce((s, v) => s + (v - average(all)) ** 2, 0) / (all.length - 1));
const hows = (model: string): string[] => [
  ...new Set(cells.filter((c) => c.model === model && c.method !== "dense").map((c) => `${c.method} ${c.bits || c.pattern}`)),
];
const HALF = ["magnitude 2:4", "wanda 2:4", "sparsegpt 2:4"];
const SMALL: Record<string, string> = {
  "llama-2-13b-chat": "llama-2-7b-chat",
  "llama-2-13b": "llama-2-7b",
  "vicuna-13b-v1.3": "vicuna-7b-v1.3",
};
const gap = (m: string): number[] => EIGHT.map((name) => at(SMALL[m], "dense", name) - at(m, "dense", name));
const every = (m: string, list: readonly string[]): number[] => list.flatMap((how) => EIGHT.map((name) => d(m, how, name)));

/** Each claim's figures, computed here from the table; undefined: the table lacks what it needs. */
const FIGURES: Record<number, (m: string) => (number | undefined)[]> = {
  1: (m) => [8, 4].map((b) => Math.min(md(m, `gptq ${b}`), md(m, `awq ${b}`)) - Math.max(...HALF.map((h) => md(m, h)))),
  2: (m) => [Math.min(md(m, "gptq 4"), md(m, "awq 4"))],
  3: (m) => [Math.max(...HALF.map((h) => md(m, h)))],
  4: (m) => [Math.max(d(m, "gptq 4", "ethics"), d(m, "awq 4", "ethics"))],
  5: (m) => [Math.max(d(m, "gptq 4", "fairness"), d(m, "awq 4", "fairness"))],
  6: (m) => [md(m, "gptq 3"), md(m, "awq 3")],
  7: (m) => [Math.min(...["gptq 3", "awq 3"].map((h) => mmlu(m, h) - Math.min(...EIGHT.map((name) => d(m, h, name)))))],
  8: (m) => [Math.max(...every(m, ["gptq 8", "awq 8"]).map(Math.abs))],
  9: (m) => [md(m, "awq 3") - md(m, "gptq 3")],
  10: (m) => [
    m === "llama-2-13b-chat"
      ? Math.min(...["awq 3", "gptq 3", "sparsegpt 2:4"].map((h) => Math.max(...EIGHT.map((name) => sd(values(m, h, name))))))
      : undefined,
  ],
  11: (m) => [Math.max(...gap(m))],
  12: (m) => [
    average(gap(m).map(Math.abs)) -
      Math.max(...["gptq 8", "gptq 4", "awq 8", "awq 4"].map((h) => average(every(m, [h]).map(Math.abs)))),
  ],
  13: (m) => [md(m, "sparsegpt 2:4") - Math.max(md(m, "wanda 2:4"), md(m, "magnitude 2:4"))],
  14: (m) =>
    [
      ["4:8", "2:4"],
      ["2:4", "1:2"],
    ].map(([a, b]) =>
      m === "llama-2-13b-chat"
        ? Math.min(...["magnitude", "wanda", "sparsegpt"].map((method) => md(m, `${method} ${a}`) - md(m, `${method} ${b}`)))
        : undefined,
    ),
  15: (m) => {
    const pruned = hows(m).filter((h) => h.includes(":"));
    return [(100 * pruned.filter((h) => refused(m, h) < 0).length) / pruned.length];
  },
  16: (m) => ["toxicity", "stereotype"].map((name) => at("llama-2-13b-chat", "dense", name) - at(m, "dense", name)),
  17: (m) => [d(m, "gptq 3", "toxicity"), Math.max(...HALF.map((h) => d(m, h, "toxicity")))],
  18: (m) => [
    Math.min(...["gptq 8", "gptq 4", "awq 8", "awq 4"].map((h) => d(m, h, "privacy"))),
    Math.max(...HALF.map((h) => d(m, h, "privacy"))),
  ],
  19: (m) => [
    Math.min(
      ...hows(m)
        .filter((h) => !h.includes(":"))
        .map((h) => at(m, h, "stereotype")),
    ),
  ],
  20: (m) => [
    Math.max(...HALF.map((h) => mmlu(m, h))),
    Math.max(...HALF.map((h) => d(m, h, "icl"))),
    Math.max(...HALF.map((h) => d(m, h, "ood"))),
  ],
  21: (m) => [(100 * hows(m).filter((h) => d(m, h, "adversarial") > 1e-9).length) / hows(m).length],
  22: (m) => [Math.min(...every(m, ["gptq 4", "awq 4"]))],
  23: (m) => [Math.max(...HALF.map((h) => md(m, h)))],
  24: (m) => [Math.max(...every(m, ["gptq 8", "awq 8"]).map(Math.abs))],
  25: (m) => [md(m, "gptq 4") - md("llama-2-7b-chat", "gptq 4")],
};

/** Sides and bounds, as the claims are read here: + above, − below. */
const BOUNDS: Record<number, readonly (readonly ["+" | "-", number])[]> = {
  ...{
    1: [
      ["+", 0],
      ["+", 0],
    ],
    2: [["+", -2]],
    3: [["-", -5]],
    4: [["+", 0]],
    5: [["+", 0]],
    6: [
      ["-", -5],
      ["-", -5],
    ],
  },
  ...{ 7: [["+", 5]], 8: [["-", 5]], 9: [["+", 0]], 10: [["+", 2]], 11: [["+", 2]], 12: [["+", 0]], 13: [["+", 0]] },
  ...{
    14: [
      ["+", 0],
      ["+", 0],
    ],
    15: [["+", 50]],
    16: [
      ["+", 2],
      ["+", 2],
    ],
    17: [
      ["-", -5],
      ["-", -5],
    ],
  },
  ...{
    18: [
      ["+", -5],
      ["-", -5],
    ],
    19: [["+", 90]],
    20: [
      ["-", 0],
      ["-", 0],
      ["-", 0],
    ],
    21: [["+", 50]],
    22: [["-", -2]],
  },
  ...{ 23: [["+", 0]], 24: [["+", 5]], 25: [["+", 0]] },
};
const ROUNDING: Record<number, number> = { 7: 0.2, 15: 0, 21: 0 };

function expected(claim: number, model: string): string {
  const sides = FIGURES[claim](model).map((value, i) => {
    const [side, bound] = BOUNDS[claim][i];
    const margin = value === undefined ? undefined : side === "+" ? value - bound : bound - value;
    const near = (ROUNDING[claim] ?? 0.1) + 1e-9;
    return margin === undefined || Math.abs(margin) <= near ? "cannot be told" : margin > 0 ? "holds" : "does not hold";
  });
  if (sides.includes("does not hold")) return "does not hold";
  return sides.every((side) => side === "holds") ? "holds" : "cannot be told";
}

test("every claim on every published model comes out as recomputed from the table here", () => {
  expect(CLAIMS.map(({ number }) => number)).toEqual(Object.keys(FIGURES).map(Number));
  expect(checked.map(({ claim, model, outcome }) => [claim.number, model, outcome])).toEqual(
    checked.map(({ claim, model }) => [claim.number, model, expected(claim.number, model)]),
  );
  for (const { claim, model, findings } of checked) {
    FIGURES[claim.number](model).forEach((value, i) => {
      if (value === undefined) expect(findings[i].value).toBeNull();
      else expect(findings[i].value, `claim ${claim.number}, ${model}`).toBeCloseTo(value, 8);
    });
  }
});

test("the text is contradicted where it fails, and by what the tables say against it", () => {
  const found = contradictions(checked);
  expect(found.get(8)).toEqual(["vicuna-13b-v1.3"]);
  expect(found.get(3)).toEqual(["vicuna-13b-v1.3", "llama-2-13b"].sort());
  expect(found.has(4)).toBe(false); // "can improve": it does in two of three
  expect(found.has(17)).toBe(false);
});

describe("figures that are missing", () => {
  test.each([["llama-2-13b-chat"], ["vicuna-13b-v1.3"], ["llama-2-13b"]])(
    "make every claim that needs them untold: %s without its dense row",
    async (model) => {
      const published = (await readPublished()).filter((row) => row.model !== model || row.method !== "dense");
      const without = (await checkClaims(undefined, { published })).filter((one) => one.model === model);
      expect(without.filter(({ claim }) => ![10, 19].includes(claim.number)).map(({ outcome }) => outcome)).toEqual(
        without.filter(({ claim }) => ![10, 19].includes(claim.number)).map(() => "cannot be told"),
      );
    },
  );

  test("and NaN, too, never hold or fail", async () => {
    const published = (await readPublished()).map((row) => ({ ...row, scores: { ...row.scores, toxicity: Number.NaN } }));
    const found = (await checkClaims(undefined, { published })).filter(({ claim }) => [17, 8, 24].includes(claim.number));
    for (const { findings, outcome } of found) {
      expect(outcome).toBe("cannot be told");
      for (const { value } of findings) expect(Number.isNaN(value)).toBe(false);
    }
  });
});
