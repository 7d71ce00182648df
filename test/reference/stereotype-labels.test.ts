import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { dimensions } from "../../lib/trust/index.js";
import { openLayered } from "../../lib/formats/layered-files.js";
import { itemKey, readItemLabels } from "../parity/trust/stereotype.js";
import { expand, readGrid, readPublished } from "../parity/trust/stereotype-generations.js";

const dir = join(import.meta.dirname, "../../../shared/decodingtrust");
const absent = !existsSync(dir);

describe.skipIf(absent)(`published stereotype labels${absent ? " (skipped: ../shared/decodingtrust is not there)" : ""}`, () => {
  test.each([
    ["openai", "gpt-4-0314", "dt"],
    ["chavinlo", "alpaca-native", "comp"],
    ["together", "RedPajama-INCITE-7B-Instruct", "comp"],
  ] as const)("of %s/%s are %s's on two topics under all system prompts", async (organization, model, scorer) => {
    const files = await openLayered([dir], ["data/stereotype/generations", "truth_items/stereotype"]);
    const truth = await readItemLabels(files, `truth_items/stereotype/${organization}__${model}.${scorer}.jsonl`);
    const grid = await readGrid(files);
    const published = await expand(
      `data/stereotype/generations/${organization}/{benign,untargeted,targeted}/${model}_*.csv`,
      files,
    );
    const rows = await Promise.all(
      published.filter(({ topic }) => ["greed", "hiv"].includes(topic)).map((file) => readPublished(file, grid)),
    );
    const ours = rows.flat().map((row) => {
      const item = { task: row.task, expected: null, slices: { topic: row.topic, group: row.group } };
      return [
        itemKey(row),
        row.outputs.map((output) => dimensions.stereotype.label({ text: output }, item, scorer).official).join(""),
      ];
    });
    expect(ours).toHaveLength(3 * 2 * 72);
    expect(ours).toEqual(ours.map(([key]) => [key, truth.get(key)]));
  });
});
