import { describe, expect, test } from "vitest";

import { auditCalibration } from "../../../lib/compression/calibration/audit.js";
import { calibrationSet } from "../../../lib/compression/calibration/calibration-set.js";

/** A token a letter. */
const decode = (tokens: readonly number[]): string => String.fromCodePoint(...tokens);
const codes = (text: string): number[] => Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
const setOf = (...texts: string[]) =>
  calibrationSet({
    ...{ name: "test", samples: texts.length, length: texts[0].length, seed: 0 },
    tokens: Int32Array.from(texts.flatMap(codes)),
  });
const audit = (set: ReturnType<typeof setOf>, evaluation: Record<string, string> = {}) =>
  auditCalibration(set, {
    ...{ decode, vocabulary: 1000 },
    evaluation: Object.entries(evaluation).map(([name, text]) => ({ name, tokens: codes(text) })),
  });

const FIRST = "abcdefghijklmnopqrst";
const SECOND = "tsrqponmlkjihgfedcba";

describe("an audit of a calibration set", () => {
  test("of different texts counts and warns of nothing but the one script", () => {
    expect(audit(setOf(FIRST, SECOND))).toMatchObject({
      ...{ sequences: 2, tokens: 40, duplicates: 0, repeated: 0, distinctTokens: 20, coverage: 0.02 },
      scripts: [{ script: "Latin", share: 1 }],
      warnings: ["all but 0.0 % of its letters are Latin: it says little of other scripts"],
    });
  });

  test("finds sequences that are there twice", () => {
    const { duplicates, repeated, warnings } = audit(setOf(FIRST, SECOND, FIRST));
    expect(duplicates).toBe(1);
    expect(repeated).toBeCloseTo(1 / 3, 10);
    expect(warnings.join()).toMatch(/1 sequences are there twice.*33\.3 % of its 13-grams repeat/);
  });

  test("finds evaluation texts that share 13 tokens in a row with it, and not those that share 12", () => {
    const { overlaps, warnings } = audit(setOf(FIRST, SECOND), {
      same: `123456${FIRST.slice(0, 13)}`,
      other: FIRST.slice(0, 12) + "123",
    });
    expect(overlaps).toEqual([
      { name: "same", share: 1 / 7 },
      { name: "other", share: 0 },
    ]);
    expect(warnings.join()).toMatch(/14\.3 % of the 13-grams of same/);
  });

  test("tells scripts apart", () => {
    const { scripts, warnings } = audit(setOf("abcdefghij1234567890", "абвгдежзий一二三四五1234 "));
    expect(scripts).toEqual([
      { script: "Latin", share: 0.4 },
      { script: "Cyrillic", share: 0.4 },
      { script: "Han", share: 0.2 },
    ]);
    expect(warnings).toEqual([]);
  });
});
