import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { canonicalJson, fingerprint } from "../../lib/core/fingerprint.js";
import { lookup } from "../../lib/core/lookup.js";
import { createRandom } from "../../lib/core/random.js";
import { withDefaults } from "../../lib/core/settings.js";

describe("lookup", () => {
  const catalogue = { wanda: 1, sparsegpt: 2, magnitude: 3 };

  test("finds an entry by name", () => expect(lookup("method", catalogue, "wanda")).toBe(1));

  test.each([
    ["wnda", /did you mean "wanda"/i],
    ["magnitud", /did you mean "magnitude"/i],
    ["zzzzzz", /one of magnitude, sparsegpt, wanda/],
    ["__proto__", /no "__proto__"/],
    ["toString", /no "toString"/],
  ])("answers %s with what there is", (name, message) => expect(() => lookup("method", catalogue, name)).toThrow(message));
});

describe("settings", () => {
  const defaults = { bits: 4, symmetric: false, group: null };

  test("given values win, absent and undefined ones keep the default", () =>
    expect(withDefaults("rtn", defaults, { bits: 3, symmetric: undefined })).toEqual({ bits: 3, symmetric: false, group: null }));

  test.each([
    [{ bit: 3 }, /the setting "bit".*did you mean "bits"/i],
    [{ bits: "3" }, /bits: found a string, expected a number/],
  ])("%j is refused by name", (given, message) => expect(() => withDefaults("rtn", defaults, given)).toThrow(message));
});

describe("random", () => {
  test("the same seed gives the same draws, another seed others", () => {
    const draws = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  test("a fork does not move its source", () => {
    const [a, b] = [createRandom(1), createRandom(1)];
    a.fork("calibration").uniform();
    expect(a.uniform()).toBe(b.uniform());
  });

  test("uniform numbers lie in [0, 1) and have mean 1/2", () => {
    const random = createRandom("mean");
    const draws = Array.from({ length: 20_000 }, () => random.uniform());
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(Math.abs(draws.reduce((a, b) => a + b) / draws.length - 0.5)).toBeLessThan(0.01);
  });

  test("a shuffle is a permutation", () =>
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (values, seed) => {
        expect([...createRandom(seed).shuffle(values)].sort()).toEqual([...values].sort());
      }),
    ));
});

describe("fingerprint", () => {
  test("does not depend on the order of names, nor on undefined ones", () =>
    expect(fingerprint({ a: 1, b: [true, null] })).toBe(fingerprint({ b: [true, null], c: undefined, a: 1 })));

  test("differs where a value differs", () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const texts = [JSON.stringify(a), JSON.stringify(b)];
        fc.pre(texts[0] !== texts[1] && !texts.some((text) => text.includes("-0")));
        const plain = (text: string) => canonicalJson({ v: text });
        expect(plain(texts[0])).not.toBe(plain(texts[1]));
      }),
    ));

  test.each([NaN, Infinity])("%d has no fingerprint", (value) => expect(() => fingerprint({ value })).toThrow(/no JSON/));
});

test("an InputError reads as one paragraph with place, finding, expectation and remedy", () =>
  expect(new InputError({ where: "x.gguf, field f", found: "3", expected: "2", remedy: "export it again" }).message).toBe(
    "x.gguf, field f: found 3, expected 2. Export it again.",
  ));
