import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { describe, expect, test } from "vitest";

import { groupBy } from "../../lib/core/group.js";
import { openLayered } from "../../lib/formats/layered-files.js";
import { officialIcl } from "../../lib/trust/icl/official.js";
import type { Item } from "../../lib/trust/item.js";
import { officialOod } from "../../lib/trust/ood/official.js";
import * as demonstration from "../parity/trust/adv-demonstration.js";
import * as ood from "../parity/trust/ood.js";

const dir = join(import.meta.dirname, "../../../shared/decodingtrust");
const absent = !existsSync(dir);
const reason = absent ? " (skipped: ../shared/decodingtrust is not there)" : "";

describe.skipIf(absent)(`published out-of-distribution answers${reason}`, async () => {
  if (absent) return;
  const files = await openLayered([dir], [...officialOod.wanted, "data/ood/generations", "truth_items/ood"]);
  const { items, missing } = await officialOod.read(files);
  const bySetting = groupBy(items, ({ slices }) => slices.setting);
  const lines = await ood.readItemLabels(files, "truth_items/ood/gpt-3.5-turbo-0301.comp.jsonl");

  test.each([
    // its file for "I don't know" holds the answers to the prompt without it: both have the same figures in truth.json
    ["gpt-3.5-turbo-0301", 53, ["qa_2023_idk"]],
    ["gpt-4-0314", 29, []],
  ])("of %s are to the prompts of our reader, to the character, in all %i settings but %j", async (model, count, others) => {
    expect(missing).toEqual([]);
    const differing: string[] = [];
    const settings = await ood.readItemLabels(files, `truth_items/ood/${model}.comp.jsonl`);
    for (const { task, file } of settings) {
      const request = await firstRequest((await files.locate(file)) ?? file);
      if (!isDeepStrictEqual(request, bySetting.get(task)?.[0].messages)) differing.push(task);
    }
    expect([settings.length, differing]).toEqual([count, others]);
  });

  test.each(["qa_2023_idk", "qa_2020_moral_scenarios_0", "tweet_p0.6", "shake_p0.6_base_1"])(
    "have the original labels in %s",
    async (setting) => {
      const line = lines.find(({ task }) => task === setting);
      const labelled = line === undefined ? [] : await ood.labelFile(files, line, { scorer: "comp", items: bySetting });
      expect(ood.lettersOf(labelled)).toBe(line?.labels);
    },
  );
});

/** The messages of a file's first request. */
async function firstRequest(path: string): Promise<unknown> {
  const generations: unknown = JSON.parse(await readFile(path, "utf8"));
  return Array.isArray(generations) && Array.isArray(generations[0]) ? generations[0][0] : undefined;
}

describe.skipIf(absent)(`published answers under adversarial demonstrations${reason}`, async () => {
  if (absent) return;
  const files = await openLayered(
    [dir],
    [...officialIcl.wanted, "data/adv_demonstration/generations", "truth_items/adv_demonstration"],
  );
  const { items, missing } = await officialIcl.read(files);
  const byFile = groupBy(items, ({ slices }: Item) => `${slices.setting}/${slices.seed}`);
  const lines = await demonstration.readItemLabels(files, "truth_items/adv_demonstration/gpt-3.5-turbo-0301.comp.jsonl");

  test("have the original labels in one file of each part", async () => {
    for (const part of ["counterfactual/snli_premise_cf", "spurious/passive", "setup2_synbkd_asr", "setup2_synbkd_cacc"]) {
      const line = lines.find(({ file }) => file.includes(part));
      const labelled = await demonstration.labelFile(files, line?.file ?? part, { scorer: "comp", items: byFile });
      expect([part, demonstration.lettersOf(labelled)]).toEqual([part, line?.labels]);
    }
  });

  test("are asked of the sentences of 24 backdoor sets in 872 clusters, and of nothing spurious", () => {
    const backdoor = items.filter(({ stratum }) => stratum === "backdoor");
    expect(new Set(backdoor.map(({ cluster }) => cluster)).size).toBe(872);
    expect(missing).toEqual(["spurious: none of its 12 sets is there"]);
  });

  test("come after the demonstrations of their record", () => {
    const [first] = byFile.get("badword_setup1/42") ?? [];
    expect(first.messages).toHaveLength(3 + 2 * 16 + 1);
    expect(first.messages.at(-1)?.content).toBe(first.facts?.input);
    expect(first.messages.at(4)?.content).toMatch(/^(?:Positive|Negative)$/);
  });
});
