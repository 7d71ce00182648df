import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { createRandom } from "../../lib/core/random.js";
import type { Responder } from "../../lib/inference/index.js";
import type { AskedVariant } from "../../lib/study/ask.js";
import {
  DEFAULT_CONVENTION,
  DIVERGENCE,
  divergenceFigures,
  measureDivergence,
  openStudy,
  tokenDivergences,
} from "../../lib/study/index.js";
import { fakeRecord, fakeResponder, fakeVariant } from "./fake-responder.js";

const VOCABULARY = 16;
const drawn = (seed: string, rows: number, scale = 3): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length: rows * VOCABULARY }, () => scale * random.normal());
};
const softmax = (row: Float32Array): number[] => {
  const weights = Array.from(row, Math.exp);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};

describe("a token's divergence", () => {
  const [base, other, targets] = [drawn("base", 5), drawn("other", 5), Int32Array.of(3, 0, 15, 7, 7)];
  const rows = (all: Float32Array): number[][] =>
    Array.from(targets, (_, t) => softmax(all.subarray(t * VOCABULARY, (t + 1) * VOCABULARY)));

  test("is Σ p ln(p/q), beside the likeliest tokens and the text's own", () => {
    const [p, q] = [rows(base), rows(other)];
    for (const [t, found] of tokenDivergences({ base, other, targets }).entries()) {
      expect(found.kl).toBeCloseTo(
        p[t].reduce((sum, value, i) => sum + value * Math.log(value / q[t][i]), 0),
        10,
      );
      expect(found.sameTop).toBe(p[t].indexOf(Math.max(...p[t])) === q[t].indexOf(Math.max(...q[t])));
      expect(found.base).toBeCloseTo(Math.log(p[t][targets[t]]), 10);
      expect(found.other).toBeCloseTo(Math.log(q[t][targets[t]]), 10);
    }
  });

  test("from itself is 0, and adding a constant to the logits changes nothing", () => {
    const shifted = base.map((value) => value + 64);
    for (const found of tokenDivergences({ base, other: base, targets })) expect(found).toMatchObject({ kl: 0, sameTop: true });
    for (const found of tokenDivergences({ base, other: shifted, targets })) expect(Math.abs(found.kl)).toBeLessThan(1e-5);
  });

  test("is finite where a probability is too small for a float", () => {
    const sure = Float32Array.from({ length: VOCABULARY }, (_, i) => (i === 2 ? 0 : -500));
    const [found] = tokenDivergences({ base: sure, other: base.subarray(0, VOCABULARY), targets: Int32Array.of(4) });
    expect(found.kl).toBeCloseTo(-Math.log(softmax(base.subarray(0, VOCABULARY))[2]), 8);
    expect(found.base).toBeCloseTo(-500, 6);
  });
});

/** Gives logits that depend on the variant and the token before, and counts the windows it reads. */
function logitsResponder(variant: string): Responder & { windows: number } {
  const responder = {
    ...fakeResponder(() => ""),
    windows: 0,
    logits: async function* ({ tokens, from = 1 }: { tokens: readonly number[]; from?: number }) {
      responder.windows++;
      await Promise.resolve();
      for (let at = from; at < tokens.length; at += 3) {
        const targets = Int32Array.from(tokens.slice(at, at + 3));
        const rows = Array.from(targets, (_, i) => Array.from(drawn(`${variant} ${tokens[at + i - 1]}`, 1)));
        yield { targets, logits: Float32Array.from(rows.flat()) };
      }
    },
  };
  return responder;
}

describe("measureDivergence", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "study-"));
    vi.stubEnv("TOUCHSTONE_CACHE", join(folder, "cache"));
  });
  const [base, rtn, pruned] = [fakeVariant("dense"), fakeVariant("rtn"), fakeVariant("pruned")];
  const convention = { ...DEFAULT_CONVENTION, context: 8, stride: 8 };
  const tokens = Array.from({ length: 30 }, (_, i) => (7 * i) % VOCABULARY);
  const plan = { text: "toy", tokens, base, convention };
  const responders = () => {
    const made = new Map([base, rtn, pruned].map(({ id }) => [id, logitsResponder(id)]));
    const of = (variant: AskedVariant) => made.get(variant.id) ?? logitsResponder(variant.id);
    return { made, responderFor: (variant: AskedVariant) => Promise.resolve(of(variant)) };
  };

  test.each([4 * VOCABULARY * 8, 2 ** 20])(
    "with %i bytes of scratch gives each token's own divergence from the base",
    async (scratchBytes) => {
      const study = await openStudy(folder);
      const { responderFor } = responders();
      const { records } = await finish(
        measureDivergence(study, { ...plan, variants: [rtn, pruned], responderFor, scratchBytes }),
      );
      for (const variant of [rtn, pruned]) {
        const found = records.get(variant.id) ?? [];
        expect(found.map(({ figures }) => figures?.kl.length)).toEqual([7, 7, 7, 5]);
        for (const [window, { figures, logProbabilities }] of found.entries()) {
          for (const [i, kl] of (figures?.kl ?? []).entries()) {
            const place = 8 * window + 1 + i;
            const row = (id: string): Float32Array => drawn(`${id} ${tokens[place - 1]}`, 1);
            const targets = Int32Array.of(tokens[place]);
            const [truth] = tokenDivergences({ base: row(base.id), other: row(variant.id), targets });
            expect(kl).toBeCloseTo(truth.kl, 7);
            expect(logProbabilities?.[i]).toBeCloseTo(truth.other, 7);
            expect(figures?.base[i]).toBeCloseTo(truth.base, 7);
          }
        }
      }
      await study.close();
    },
  );

  test("computes what is kept never again, also after the study was closed", async () => {
    const study = await openStudy(folder);
    const first = responders();
    await finish(measureDivergence(study, { ...plan, variants: [rtn], responderFor: first.responderFor }));
    await study.close();
    const again = await openStudy(folder);
    const { made, responderFor } = responders();
    const { reused } = await finish(measureDivergence(again, { ...plan, variants: [rtn, pruned], responderFor }));
    expect(reused).toBe(4);
    expect([base, rtn, pruned].map(({ id }) => made.get(id)?.windows)).toEqual([4, 0, 4]);
    await finish(measureDivergence(again, { ...plan, variants: [rtn], responderFor: () => Promise.reject(new Error("asked")) }));
    expect(await again.records(rtn.id, DIVERGENCE)).toHaveLength(4);
    await again.close();
  });

  test("refuses a variant of another model, and a responder without logits", async () => {
    const study = await openStudy(folder);
    const { responderFor } = responders();
    const other = fakeVariant("rtn", "d2");
    await expect(finish(measureDivergence(study, { ...plan, variants: [other], responderFor }))).rejects.toThrow("another model");
    const mute = { ...plan, variants: [rtn], responderFor: () => Promise.resolve(fakeResponder(() => "")) };
    await expect(finish(measureDivergence(study, mute))).rejects.toThrow(/fake, which gives no logits/);
    await study.close();
  });
});

describe("the figures of a text", () => {
  const random = createRandom(3);
  const windows = Array.from({ length: 24 }, (_, w) => {
    const of = (scale: number): number[] => Array.from({ length: 5 + (w % 3) }, () => scale * random.uniform());
    const [kl, base, other] = [of(0.1 * (1 + w)), of(-3), of(-3)];
    return { kl, base, other, sameTop: kl.map((value) => (value < 0.5 ? 1 : 0)) };
  });
  const records = windows.map(({ other, ...figures }, w) =>
    fakeRecord({ item: `w${w}`, cluster: `w${w}`, logProbabilities: other, figures, labels: [] }),
  );
  const all = (part: "kl" | "base" | "other" | "sameTop"): number[] => windows.flatMap((window) => window[part]);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const found = divergenceFigures(records, createRandom(1));
  if (found === null) throw new Error("figures were expected");

  test("are means, quantiles, shares and root mean squares over tokens", () => {
    const kl = all("kl").sort((a, b) => a - b);
    const quantile = (p: number): number => {
      const [below, rest] = [Math.floor(p * (kl.length - 1)), (p * (kl.length - 1)) % 1];
      return kl[below] + rest * ((kl[below + 1] ?? 0) - kl[below]);
    };
    expect(found.kl.value).toBeCloseTo(mean(kl), 12);
    for (const [figure, p] of [
      [found.kl50, 0.5],
      [found.kl90, 0.9],
      [found.kl99, 0.99],
    ] as const)
      expect(figure.value).toBeCloseTo(quantile(p), 12);
    expect(found.klMax).toBe(kl.at(-1));
    expect(found.sameTop.value).toBeCloseTo(mean(all("sameTop")), 12);
    const differences = all("base").map((p, i) => Math.exp(all("other")[i]) - Math.exp(p));
    expect(found.rmsProbability.value).toBeCloseTo(Math.sqrt(mean(differences.map((d) => d * d))), 12);
    expect(found.ratio.value).toBeCloseTo(Math.exp(mean(all("base")) - mean(all("other"))), 12);
    expect([found.tokens, found.windows, found.fewClusters]).toEqual([all("kl").length, 24, false]);
  });

  test("have intervals around them, and the mean's is wider than if its tokens were independent", () => {
    const { ratio, kl, kl50, kl90, kl99, sameTop, rmsProbability } = found;
    for (const { low, value, high } of [ratio, kl, kl50, kl90, kl99, sameTop, rmsProbability]) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(high).toBeGreaterThan(low);
    }
    const alone = all("kl");
    const error = Math.sqrt(mean(alone.map((value) => (value - kl.value) ** 2)) / (alone.length - 1));
    expect(kl.high - kl.low).toBeGreaterThan(2 * 1.96 * error);
  });

  test("are none without records, and refuse those of two conventions", () => {
    expect(divergenceFigures([], createRandom(1))).toBeNull();
    expect(divergenceFigures([fakeRecord({})], createRandom(1))).toBeNull();
    expect(() => divergenceFigures([...records, { ...records[0], task: "other" }], createRandom(1))).toThrow("two conventions");
  });
});
