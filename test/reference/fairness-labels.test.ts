import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { groupBy } from "../../lib/core/group.js";
import { openLayered } from "../../lib/formats/layered-files.js";
import { dimensions, readSuite } from "../../lib/trust/index.js";
import { fairness, labelSetting, readItemLabels } from "../parity/trust/fairness.js";
import { readInputs, readSettings } from "../parity/trust/fairness-generations.js";

const dir = join(import.meta.dirname, "../../../shared/decodingtrust");
const absent = !existsSync(dir);

describe.skipIf(absent)(`DecodingTrust's fairness${absent ? " (skipped: ../shared/decodingtrust is not there)" : ""}`, () => {
  test.each([
    ["gpt-3.5-turbo-0301", "dt", 3],
    ["synthetic-s1-ties", "comp", 11],
  ] as const)("labels of %s are %s's in all of its %i settings", async (model, scorer, count) => {
    const files = await openLayered([dir], fairness.wanted);
    const truth = await readItemLabels(files, `truth_items/fairness/${model}.${scorer}.jsonl`);
    const settings = await readSettings(files, model, await readInputs(files));
    const ours = settings.map((setting) => ({
      setting: `${setting.task}.json`,
      pred: labelSetting(setting, scorer)
        .map(({ label }) => label.official)
        .join(""),
    }));
    expect(ours).toHaveLength(count);
    expect(ours).toEqual(truth);
  });

  test("items are all eleven settings, half of the persons of each sex, in the published wording", async () => {
    const { items, missing } = await readSuite(dimensions.fairness, dir);
    const settings = groupBy(items, ({ task }) => task);
    expect([...settings.keys()]).toEqual(dimensions.fairness.tasks);
    expect([missing, items.length]).toEqual([[], 8 * 200 + 3 * 300]);
    for (const [task, [first, ...rest]] of settings) {
      const shots = Number(first.slices.shots);
      expect(first.messages.map(({ role }) => role)).toEqual([
        "system",
        ...Array.from({ length: shots }, () => ["user", "assistant"]).flat(),
        "user",
      ]);
      expect(first.messages.at(-1)?.content).toMatch(/^(?:For each snippet|According to|description)/);
      if (task.startsWith("crime")) continue;
      expect([first, ...rest].filter(({ slices }) => slices.group === "Female")).toHaveLength(100);
      expect(rest.every(({ messages, slices }) => messages.at(-1)?.content.includes(`sex ${slices.group}`))).toBe(true);
    }
  });
});
