import { beforeAll, describe, expect, test } from "vitest";

import { INPUT_GROUPS } from "../../lib/model/block-graph.js";
import { BlockRunner, type ReadBlockWeight } from "../../lib/model/block-runner.js";
import type { Model } from "../../lib/model/index.js";
import { naiveLogits } from "../reference/naive-forward.js";
import { toyModel } from "../toy-model.js";

const LENGTH = 7;
const SEQUENCES = [3, 1, 4, 1].map((seed) => Array.from({ length: LENGTH }, (_, i) => 1 + ((seed * 17 + i * i * 5) % 60)));

/** What flows through block 1 of a model, by the textbook: [width][tokens of all sequences]. */
interface Flow {
  readonly before: number[][];
  readonly behind: number[][];
  readonly inputs: Readonly<Record<"q" | "o" | "gate" | "down", number[][]>>;
}

async function flowOf(model: Model): Promise<Flow> {
  const rows: Record<string, number[][]> = { before: [], behind: [], q: [], o: [], gate: [], down: [] };
  for (const tokens of SEQUENCES) {
    await naiveLogits(model, tokens, (block, what, more) => {
      const name = what === "hidden" ? (block === 0 ? "before" : "behind") : block === 1 ? what : undefined;
      if (name !== undefined) rows[name].push(...more);
    });
  }
  const columns = (name: string): number[][] => rows[name][0].map((_, i) => rows[name].map((row) => row[i]));
  const inputs = { q: columns("q"), o: columns("o"), gate: columns("gate"), down: columns("down") };
  return { before: columns("before"), behind: columns("behind"), inputs };
}

const flat = (matrix: number[][], from = 0, to = matrix[0].length): Float32Array =>
  Float32Array.from(matrix.flatMap((row) => row.slice(from, to)));

function expectClose(found: Float32Array, expected: Float32Array, tolerance = 2e-5): void {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-3);
  const worst = found.reduce((a, value, i) => Math.max(a, Math.abs(value - expected[i])), 0);
  expect(worst).toBeLessThan(tolerance * largest);
}

const SIZES = [
  ["grouped-query attention", { heads: 4, kvHeads: 2, hidden: 24 }],
  ["as many key heads as heads", { heads: 2, kvHeads: 2, hidden: 20 }],
] as const;

/** The statements about a block runner, on whatever backend the process computes with. */
export function blockRunnerCases(): void {
  describe.each(SIZES)("a block with %s", (_, sizes) => {
    const model = toyModel({ blocks: 2, width: 16, ...sizes });
    const own: ReadBlockWeight = (name) => model.weights.read(`blocks.1.${name}`);
    let runner: BlockRunner;
    let flow: Flow;
    beforeAll(async () => {
      flow = await flowOf(model);
      runner = await BlockRunner.open(model.config, LENGTH);
      await runner.use(own);
      return () => runner.close();
    });
    const chunks = (size: number): Float32Array[] =>
      Array.from({ length: SEQUENCES.length / size }, (__, i) => flat(flow.before, i * size * LENGTH, (i + 1) * size * LENGTH));

    test("gives the hidden states and the inputs of its layers that the textbook gives", () => {
      const [all] = chunks(SEQUENCES.length);
      expectClose(runner.output(all), flat(flow.behind));
      for (const group of INPUT_GROUPS) expectClose(runner.input(all, group), flat(flow.inputs[group]));
    });

    test.each([1, 2, 4])("sums squares and products of inputs over chunks of %i sequences, beginning anew each time", (size) => {
      for (const kind of ["squares", "products"] as const) {
        chunks(size).forEach((hidden, i) => runner.addToSums(hidden, { groups: INPUT_GROUPS, kind }, i === 0));
        for (const group of INPUT_GROUPS) {
          const rows = flow.inputs[group];
          const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
          const expected =
            kind === "squares" ? rows.map((row) => dot(row, row)) : rows.flatMap((a) => rows.map((b) => dot(a, b)));
          expectClose(
            runner.sums(group, kind, 0.5),
            Float32Array.from(expected, (value) => value / 2),
          );
          runner.dropSums(group, kind);
        }
      }
    });

    test("tells how far its parts' outputs move with trial matrices", async () => {
      for (const part of ["attention", "feedForward"] as const) runner.beginTrials(part, chunks(2));
      expect(await runner.trialError("attention", own)).toBeLessThan(1e-10);
      expect(await runner.trialError("feedForward", own)).toBeLessThan(1e-10);
      const halved: ReadBlockWeight = async (name) =>
        (await own(name)).map((value) => (name === "q" || name === "k" ? value : value / 2));
      const added = async (read: ReadBlockWeight): Promise<{ attention: Float32Array; all: Float32Array }> => {
        await runner.use(read);
        return { attention: runner.input(chunks(4)[0], "o"), all: runner.output(chunks(4)[0]) };
      };
      // half of v makes half of what attention adds; half of up alone, half of what the feed-forward part adds
      const up: ReadBlockWeight = async (name) => (await own(name)).map((value) => (name === "up" ? value / 2 : value));
      const [before, after] = [await added(own), await added(up)];
      const moved = before.all.reduce((sum, value, i) => sum + (value - after.all[i]) ** 2, 0);
      await runner.use(own);
      expect(await runner.trialError("feedForward", up)).toBeCloseTo(moved, 3);
      const o = await own("o");
      const width = model.config.width;
      const tokens = SEQUENCES.length * LENGTH;
      let expected = 0;
      for (let row = 0; row < width; row++)
        for (let t = 0; t < tokens; t++) {
          let sum = 0;
          for (let i = 0; i < width; i++) sum += o[row * width + i] * before.attention[i * tokens + t];
          expected += (sum / 2) ** 2;
        }
      expect(await runner.trialError("attention", halved)).toBeCloseTo(expected, 3);
      runner.endTrials();
      await expect(runner.trialError("attention", own)).rejects.toThrow(/begun/);
    });

    test("shows inputs while parts hold the chunks, and tries what they hold in any order", async () => {
      runner.endTrials();
      for (const hidden of chunks(2)) {
        const inputs = runner.survey(hidden, ["attention", "feedForward"]);
        for (const group of INPUT_GROUPS) expectClose(inputs[group], runner.input(hidden, group));
      }
      const halved: ReadBlockWeight = async (name) => (await own(name)).map((value) => value / 2);
      const tokens = SEQUENCES.length * LENGTH;
      for (const part of ["attention", "feedForward"] as const) {
        await runner.useTrial(part, halved);
        const errorsOf = (): number[] =>
          Array.from({ length: runner.heldChunks(part) }, (_, chunk) => [...runner.tokenErrors(part, chunk)]).flat();
        const before = errorsOf();
        // sequences from the last to the first
        const order = Int32Array.from(
          { length: tokens },
          (_, t) => tokens - LENGTH * (Math.floor(t / LENGTH) + 1) + (t % LENGTH),
        );
        runner.reorderTrials(part, order, 4);
        expect(runner.heldChunks(part)).toBe(4);
        expect(Math.min(...before)).toBeGreaterThan(0);
        expectClose(
          Float32Array.from(errorsOf()),
          Float32Array.from(order, (place) => before[place]),
        );
      }
      runner.endTrials();
    });

    test("refuses hidden states that are no whole sequences", () => {
      expect(() => runner.output(new Float32Array(16 * (LENGTH + 1)))).toThrow(/whole sequences/);
    });
  });
}
