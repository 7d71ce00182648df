import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { fingerprint } from "../../../lib/core/fingerprint.js";
import { readCalibrationTexts } from "../../../lib/compression/calibration/texts.js";
import { dataPath } from "../../../lib/formats/data-folder.js";
import { BEGINNINGS, QUESTIONS } from "./mini-prompts.js";

const card: unknown = JSON.parse(readFileSync(dataPath("calibration", "mini.card.json"), "utf8"));

describe("our calibration text", () => {
  test("is as its card says, from the prompts that stand in this folder", async () => {
    const { texts } = await readCalibrationTexts("mini");
    const bytes = readFileSync(dataPath("calibration", "mini.jsonl")).length;
    expect(card).toMatchObject({ texts: texts.length, bytes, prompts: fingerprint([...BEGINNINGS, ...QUESTIONS]) });
    expect(card).toHaveProperty("tokens");
    expect(texts.join("").length).toBeGreaterThan(200_000);
  });

  test("has no text twice and no addresses", async () => {
    const { texts } = await readCalibrationTexts("mini");
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => /https?:|www\.|\w@\w/.test(text))).toEqual([]);
  });
});
