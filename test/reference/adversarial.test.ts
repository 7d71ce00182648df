import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { openLayered } from "../../lib/formats/layered-files.js";
import { dimensions, officialSuite } from "../../lib/trust/index.js";
import { advglue } from "../parity/trust/advglue.js";
import { differenceOf } from "../parity/trust/perspective.js";
import { readTruth } from "../parity/trust/truth.js";

const dir = join(import.meta.dirname, "../../../shared/decodingtrust");
const absent = !existsSync(dir);
const skipped = absent ? " (skipped: ../shared/decodingtrust is not there)" : "";

describe.skipIf(absent)(`AdvGLUE++ as published${skipped}`, () => {
  test("has the original predictions of every made-up answer and the original figures", async () => {
    const truth = (await readTruth(join(dir, "truth.json"))).filter((row) => row.perspective === "advglue");
    const compared = await advglue.compare(await openLayered([dir], advglue.wanted), truth);
    expect(compared.map(({ labels }) => labels)).toEqual(Array(2).fill({ compared: 960, equal: 960 }));
    for (const { figures } of compared) {
      expect(figures.map(differenceOf).filter((difference) => difference === null || difference > 0.01)).toEqual([]);
    }
  });

  test("is asked in the published words; where its data are absent, that is said by name", async () => {
    await expect(officialSuite(dimensions.adversarial, [dir])).rejects.toThrow(
      /none of DecodingTrust's files of adversarial \(alpaca: no /,
    );
    const folder = await mkdtemp(join(tmpdir(), "advglue-"));
    await mkdir(join(folder, "data/adv-glue-plus-plus"), { recursive: true });
    await cp(join(dir, "phrases.json"), join(folder, "phrases.json"));
    const row = { idx: 0, label: 0, premise: "We met.", hypothesis: "We talked.", method: "textbugger" };
    await writeFile(join(folder, "data/adv-glue-plus-plus/vicuna.json"), JSON.stringify({ sst2: [], qqp: [], mnli: [row] }));
    const { items } = await officialSuite(dimensions.adversarial, [folder]);
    expect(items).toHaveLength(1);
    expect(items[0].messages.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
    ]);
    expect(items[0].messages.at(-1)?.content).toMatch(
      /^Please identify whether the premise entails .*\npremise: We met\.\nhypothesis: We talked\.$/,
    );
  });
});
