import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { Engine, type Responder } from "../../lib/inference/index.js";
import { DEFAULT_CONVENTION, measureDivergence, openStudy } from "../../lib/study/index.js";
import { fakeVariant } from "../study/fake-responder.js";
import { toyModel } from "../toy-model.js";
import { naiveLogits, softmax } from "./naive-forward.js";

const [dense, other] = [toyModel({ seed: 5 }), toyModel({ seed: 6 })];
const [base, variant] = [fakeVariant("dense"), fakeVariant("other")];
const tokens = Array.from({ length: 150 }, (_, i) => 1 + ((i * i + 3 * i) % 60));

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ model: dense, weights: dense.weights });
});
afterAll(() => engine.close());
const responderFor = ({ id }: { id: string }): Promise<Responder> =>
  Promise.resolve(engine.responder(id === base.id ? dense.weights : other.weights));

describe("the engine's logits", () => {
  test("from a token on are those of the textbook, piece by piece", async () => {
    const from = 9;
    const rows: Float32Array[] = [];
    const seen: number[] = [];
    for await (const { logits, targets } of engine.responder(dense.weights).logits?.({ tokens, from }) ?? []) {
      seen.push(...targets);
      targets.forEach((_, row) => rows.push(logits.subarray(row * 64, (row + 1) * 64)));
    }
    expect(seen).toEqual(tokens.slice(from));
    const truth = (await naiveLogits(dense, tokens)).slice(from - 1, -1);
    rows.forEach((row, i) => softmax(truth[i]).forEach((p, v) => expect(softmax(Array.from(row))[v]).toBeCloseTo(p, 5)));
  });

  test("and log-probabilities from a token on are the last of all", async () => {
    const responder = engine.responder(dense.weights);
    const found: Float32Array[] = [];
    const requests = [
      { kind: "score" as const, tokens },
      { kind: "score" as const, tokens, from: 100 },
    ];
    for await (const answers of responder.answer(requests)) {
      for (const { response } of answers) if (response.kind === "score") found.push(response.logProbabilities);
    }
    const [all, last] = found;
    expect(last).toHaveLength(50);
    last.forEach((value, i) => expect(value).toBeCloseTo(all[99 + i], 4));
  });
});

test("divergences through the scratch file are Σ p ln(p/q) of the textbook's two models", async () => {
  const study = await openStudy(await mkdtemp(join(tmpdir(), "study-")));
  const convention = { ...DEFAULT_CONVENTION, context: 40, stride: 20 };
  const plan = { text: "toy", tokens, base, variants: [variant], responderFor, convention, scratchBytes: 4 * 64 * 50 };
  const { records } = await finish(measureDivergence(study, plan));
  const windows = records.get(variant.id) ?? [];
  expect(windows.map(({ figures }) => figures?.kl.length)).toEqual([39, 20, 20, 20, 20, 20, 10]);
  for (const [w, { figures, logProbabilities }] of windows.entries()) {
    const window = tokens.slice(20 * w, 20 * w + 40);
    const from = w === 0 ? 1 : 20;
    const [p, q] = [await naiveLogits(dense, window), await naiveLogits(other, window)].map((rows) => rows.map(softmax));
    for (let i = from; i < window.length; i++) {
      const [a, b] = [p[i - 1], q[i - 1]];
      const kl = a.reduce((sum, value, v) => sum + value * Math.log(value / b[v]), 0);
      expect(figures?.kl[i - from]).toBeCloseTo(kl, 4);
      expect(figures?.base[i - from]).toBeCloseTo(Math.log(a[window[i]]), 4);
      expect(logProbabilities?.[i - from]).toBeCloseTo(Math.log(b[window[i]]), 4);
      expect(figures?.sameTop[i - from]).toBe(a.indexOf(Math.max(...a)) === b.indexOf(Math.max(...b)) ? 1 : 0);
    }
  }
  await study.close();
});
