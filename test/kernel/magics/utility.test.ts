import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ColumnTable } from "arquero";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";

import { compress } from "../../../kernel/magics/compress.js";
import type { MagicContext } from "../../../kernel/magics/context.js";
import type { Magic } from "../../../kernel/magics/magic.js";
import { results } from "../../../kernel/magics/results.js";
import { utility } from "../../../kernel/magics/utility.js";
import { denseVariant, JOININGS } from "../../../lib/index.js";
import { toyModel } from "../../toy-model.js";
import { quietContext } from "./quiet-context.js";

const model = toyModel({ context: 512, blocks: 1, width: 8, heads: 2, kvHeads: 1, hidden: 8 });
vi.setConfig({ testTimeout: 60_000 }); // plain JavaScript computes, beside whatever else runs
let folder: string;
let context: MagicContext;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", join(folder, "cache"));
  vi.stubEnv("TOUCHSTONE_STUDY", join(folder, "study"));
  vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
  const variants = new Map([["dense", denseVariant(model)]]);
  context = quietContext({ session: { magicNames: [], model, engine: undefined, variants, study: undefined } });
});
afterAll(() => vi.unstubAllEnvs());

const call = (magic: Magic, ...values: unknown[]): Promise<unknown> => magic.run({ kind: "call", values }, context);
const isTable = (value: unknown): value is ColumnTable => typeof value === "object" && value !== null && "numRows" in value;
async function rowsOf(magic: Magic, ...values: unknown[]): Promise<Readonly<Record<string, unknown>>[]> {
  const table = await call(magic, ...values);
  if (!isTable(table)) throw new Error("no table");
  return table.objects().map((row) => ({ ...row }));
}
const textFile = (): string => {
  const path = join(folder, "text.txt");
  writeFileSync(path, "The quick brown fox jumps over the lazy dog.\n\nIt was not amused, and said so at length.\n");
  return path;
};

describe("%utility", () => {
  test("gives MMLU, perplexity and divergence of every variant, paired with dense, each with its interval", async () => {
    await call(compress, ["rtn"], { bits: [3], group: "8", noPerplexity: true });
    const rows = await rowsOf(utility, { limit: 1, text: textFile(), context: 16 });
    const of = (variant: string): string[] => rows.filter((row) => row.variant === variant).map((row) => String(row.figure));
    const [dense, rtn] = [...context.session.variants.values()].map(({ title }) => of(title));
    const accuracies = ["accuracy, all", "accuracy, choice", "accuracy, generation"];
    expect(dense).toEqual([...accuracies, "perplexity"]);
    expect(rtn).toEqual([
      ...accuracies.flatMap((name) => [name, name.replace("accuracy", "accuracy minus dense")]),
      ...["perplexity", "perplexity / dense", "perplexity / dense"],
      ...["mean", "median", "90 % quantile", "99 % quantile", "largest"].map((name) => `KL from dense, ${name}`),
      ...["same top token", "RMS difference of the token's probability"],
    ]);
    const [ratio, again] = rows.filter((row) => row.figure === "perplexity / dense");
    expect(again.estimate).toBeCloseTo(Number(ratio.estimate), 5); // from two ways to the log-probabilities
    expect(rows.find((row) => row.figure === "KL from dense, mean")?.estimate).toBeGreaterThan(0);
    for (const { estimateLow, estimate, estimateHigh } of rows.filter((row) => row.figure !== "KL from dense, largest")) {
      expect(Number(estimateLow)).toBeLessThanOrEqual(Number(estimate));
      expect(Number(estimateHigh)).toBeGreaterThanOrEqual(Number(estimate));
    }
    expect(await rowsOf(results, { dimension: ["mmlu"] })).toHaveLength(2 * 2);
    expect(new Set((await rowsOf(results)).map((row) => row.dimension))).toEqual(new Set(["mmlu"]));
    await context.session.study?.close();
  });

  test("measures what is named, under the named convention, on the text's first tokens", async () => {
    const rows = await rowsOf(utility, ["perplexity"], { convention: "llama.cpp", context: 32, text: textFile(), tokens: 70 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      figure: "perplexity",
      n: 2 * 15,
      clusters: 2,
      conditions:
        "text.txt, first 70 tokens: context 32, stride 32, no BOS, second half of a window counted, a shorter last window dropped",
    });
    await context.session.study?.close();
  });

  test("leaves the perplexity that %compress shows as it is", async () => {
    const perplexityOf = async (): Promise<unknown> =>
      (await rowsOf(compress, ["rtn"], { bits: [3], group: "8", text: textFile() }))[0];
    const before = await perplexityOf();
    await call(utility, ["perplexity"], { convention: "llama.cpp", context: 32, text: textFile() });
    expect(await perplexityOf()).toEqual(before);
    await context.session.study?.close();
  });

  test("with --audit shows every convention, and why one can't be followed", async () => {
    const rows = await rowsOf(utility, { audit: true, text: textFile(), tokens: 64 });
    expect(rows.map((row) => row.conventionName)).toEqual(["blocks", "papers", "llama.cpp", "hugging-face", "blocks-bos"]);
    expect(rows.map((row) => row.perplexity === null)).toEqual([false, true, true, true, false]);
    expect(rows[1].why).toBe("needs windows of 2048 tokens; the model reads 512");
    expect(rows[2].why).toBe("the text's 64 tokens fill no window of 512");
    expect(rows[0]).toMatchObject({ scored: 63, tokensRead: 64, leastBefore: 1 });
    await context.session.study?.close();
  });

  test("knows the library's joinings", () => expect(utility.options["join"].values).toEqual(JOININGS));

  test.each([
    [["mmul"], {}, /measures: found .* expected one of mmlu, perplexity, kl/],
    [["perplexity"], { convention: "llama" }, /convention.*llama.*llama\.cpp/i],
    [["perplexity"], { context: 1024 }, /context: found 1024, expected 4 to 512/],
    [["kl"], { stride: 600 }, /stride: found 600, expected 1 to 512/],
    [["kl"], { audit: true }, /--audit: found kl, expected perplexity/],
    [["mmlu"], { suite: "nowhere" }, /nowhere/],
  ])("%j with %j is refused by name, before anything is computed", async (measures, options, message) => {
    await expect(call(utility, measures, options)).rejects.toThrow(message);
    expect(context.session.engine).toBeUndefined();
    await context.session.study?.close();
  });
});
