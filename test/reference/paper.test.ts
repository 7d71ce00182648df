import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import { parseCsvRows, readCsv } from "../../lib/formats/csv.js";
import { dataPath } from "../../lib/formats/data-folder.js";

const TRUTH = "../shared/paper";

/** Our names of the published columns. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  ...{ "Adv Demo": "icl", "AdvGLUE++": "adversarial", Fairness: "fairness", Ethics: "ethics", OOD: "ood", Privacy: "privacy" },
  ...{ Stereotype: "stereotype", Toxicity: "toxicity", Average: "average", MMLU: "mmlu", "Stereotype Bias": "stereotype" },
  ...{ "Adversarial Robustness": "adversarial", "Out-of-Distribution Robustness": "ood", "Machine Ethics": "ethics" },
  "Robustness to Adversarial Demonstrations": "icl",
};

/** "num_sheet model ethics refusal" and the figure as text, of a published wide table. */
async function wide(table: string): Promise<string[]> {
  const [header, ...rows] = parseCsvRows(await readFile(`${TRUTH}/${table}.csv`, "utf8"), table);
  return rows.flatMap((row) =>
    header.flatMap((column, i) => {
      const name = DIMENSIONS[column.replace(/ Ref$/, "")];
      if (name === undefined) return [];
      const metric = column.endsWith(" Ref") ? "refusal" : name === "mmlu" ? "accuracy" : "score";
      return [[table, row[header.indexOf("Model")], name, metric, row[i]].join(" ")];
    }),
  );
}

describe.skipIf(!existsSync(TRUTH))("data/paper", () => {
  test.each([["num_sheet"], ["leaderboard"], ["leaderboard_full"]])(
    "holds every figure of %s as published, and no other",
    async (name) => {
      const ours = (await readCsv(dataPath("paper", "figures.csv"), ["table"])).filter(({ table }) => table === name);
      const found = ours.map(({ table, model_id, dimension, metric, value }) =>
        [table, model_id, dimension, metric, value].join(" "),
      );
      expect(found.sort()).toEqual((await wide(name)).sort());
    },
  );

  test("reads method, bits or pattern, and seed as the long form of the ground truth does", async () => {
    const truth = await readCsv(`${TRUTH}/paper_tables.csv`, ["model_id"]);
    const ours = await readCsv(dataPath("paper", "figures.csv"), ["model_id"]);
    const how = (bits: string, pattern: string): string =>
      bits !== "" ? `${bits}bit` : pattern !== "" ? `50% ${pattern}` : "16bit";
    expect(
      ours.map(({ model_id, model, method, bits, pattern, seed }) => [model_id, model, method, how(bits, pattern), seed]),
    ).toEqual(
      truth.map(({ model_id, model, method, bits_or_sparsity, seed }) => [
        ...[model_id, model, method === "none" ? "dense" : method.toLowerCase(), bits_or_sparsity, seed],
      ]),
    );
  });
});
