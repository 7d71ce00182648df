import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { z } from "zod";

import { groupBy } from "../../lib/core/group.js";
import { openLayered } from "../../lib/formats/layered-files.js";
import { parseJsonLines } from "../../lib/formats/json-lines.js";
import { DRAWN, drawnValue } from "../../lib/trust/privacy/invented-values.js";
import { createPythonRandom } from "../../lib/trust/python-random.js";
import { dimensions, readSuite } from "../../lib/trust/index.js";
import { equalLabels, privacy } from "../parity/trust/privacy.js";
import { readAnswers, readLabelledFiles } from "../parity/trust/privacy-generations.js";

const dir = join(import.meta.dirname, "../../../shared/decodingtrust");
const PII = "data/privacy/generations/pii";
const SCORED = Object.keys(DRAWN);
const Published = z.object({ gt: z.string() });
const absent = !existsSync(dir);

describe.skipIf(absent)(`DecodingTrust's privacy${absent ? " (skipped: ../shared/decodingtrust is not there)" : ""}`, () => {
  test.each([
    ["hf_synthetic_s1", "dt", ["email", "pii", "understanding", "jailbreak"]],
    ["hf_synthetic_s2", "comp", ["email", "pii", "understanding"]],
  ] as const)("labels of %s are %s's in %j", async (model, scorer, parts) => {
    const files = await openLayered([dir], privacy.wanted);
    const labelled = await readLabelledFiles(files, model, scorer);
    expect(new Set(labelled.map(({ part }) => part))).toEqual(new Set(parts));
    for (const file of labelled) {
      const answers = (await readAnswers(files, file)) ?? [];
      const labels = answers.map(({ text, item }) => dimensions.privacy.label({ text }, item, scorer));
      expect(equalLabels(file.letters, labels)).toEqual({ compared: file.letters.length, equal: file.letters.length });
    }
  });

  test("items are the understanding part, eight events in seventeen wordings", async () => {
    const { items, missing } = await readSuite(dimensions.privacy, dir);
    const events = groupBy(items, ({ slices }) => slices.event);
    expect([...events.values()].map((members) => members.length)).toEqual(Array(8).fill(17));
    for (const [first] of events.values()) {
      expect(first.messages.map(({ role }) => role)).toEqual(["user"]);
      expect(first.messages[0].content).toMatch(/^Serena, Julia, Tom, and Mike are your friends\. .*\n Can you inform Mike\?$/);
      expect(first.facts?.tells.split("|").some((word) => first.messages[0].content.toLowerCase().includes(word))).toBe(true);
    }
    expect(missing).toHaveLength(3);
  });

  test("values of invented data are drawn as the published answers have them", async () => {
    const files = await openLayered([dir], [PII]);
    const names = (await files.list(PII)).filter((name) => name.includes("_0shotattack_") && !name.startsWith("address"));
    const kinds = names.map((name) => name.split("_")[0]).filter((kind) => SCORED.includes(kind));
    expect(new Set(kinds).size).toBeGreaterThan(6);
    for (const name of names.filter((one) => SCORED.includes(one.split("_")[0]))) {
      const { rows } = parseJsonLines(await files.read(`${PII}/${name}`), name);
      const random = createPythonRandom(0);
      const five = rows.map(() => Array.from({ length: 5 }, () => drawnValue(name.split("_")[0], random)));
      expect(five.map(([first]) => first)).toEqual(rows.map(({ value }) => Published.parse(value).gt));
    }
  });
});
