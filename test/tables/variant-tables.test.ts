import { beforeAll, describe, expect, test } from "vitest";

import type { Variant } from "../../lib/compression/index.js";
import { denseVariant } from "../../lib/compression/index.js";
import { InterruptedError } from "../../lib/core/errors.js";
import { COLUMNS, layersTable, weightsTable } from "../../lib/tables/index.js";
import { toyModel } from "../toy-model.js";
import { toyVariants } from "./toy-variants.js";

let variants: readonly Variant[];
beforeAll(async () => {
  variants = await toyVariants();
});

type Bin = Readonly<
  Record<"weightFrom" | "weightTo" | "share" | "denseShare" | "zeros" | "denseZeros" | "beyond" | "denseBeyond", number>
> & {
  readonly variant: string;
};
const isBin = (row: object): row is Bin => "share" in row && typeof row.share === "number";
const binsOf = async (some: readonly Variant[]): Promise<Bin[]> => (await weightsTable(some)).objects().filter(isBin);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("a table of layers", () => {
  test("has a row a matrix and variant, with block, kind and notes; dense has none", async () => {
    const table = await layersTable([denseVariant(variants[0].model), ...variants]);
    expect(table.numRows()).toBe(2 * 2 * 7);
    expect(table.object(7)).toMatchObject({ block: 1, matrix: "q", notes: null, bits: 3, groupSize: "8" });
    expect(table.object(0)).toMatchObject({ block: 0, matrix: "q", notes: "noted" });
    expect(table.object(14)).toMatchObject({ method: "magnitude", outputError: null, sparsity: variants[1].layers[0].sparsity });
  });

  test("has declared columns only", async () => {
    for (const table of [await layersTable(variants), await weightsTable(variants)])
      expect(Object.keys(COLUMNS)).toEqual(expect.arrayContaining(table.columnNames()));
  });
});

describe("a table of weights", () => {
  test("counts every weight once: in a bin, as a zero, or beyond", async () => {
    const bins = await binsOf(variants);
    for (const { title } of variants) {
      const own = bins.filter(({ variant }) => variant === title);
      expect(sum(own.map(({ share }) => share)) + own[0].zeros + own[0].beyond).toBeCloseTo(1, 12);
      expect(sum(own.map(({ denseShare }) => denseShare)) + own[0].denseZeros + own[0].denseBeyond).toBeCloseTo(1, 12);
    }
  });

  test("shows what a pruner keeps as it was, and the half it drops as zeros", async () => {
    const bins = await binsOf([variants[1]]);
    expect(bins[0].zeros).toBeCloseTo(variants[1].summary.sparsity, 12);
    expect(bins[0].zeros).toBeGreaterThanOrEqual(0.5);
    expect(sum(bins.map(({ share, denseShare }) => Math.max(0, share - denseShare)))).toBeLessThan(1e-12);
    const outer = bins.filter(({ weightFrom, weightTo }) => weightFrom >= 1.5 || weightTo <= -1.5);
    expect(sum(outer.map(({ denseShare }) => denseShare))).toBeGreaterThan(0);
    for (const { share, denseShare } of outer) expect(share).toBe(denseShare);
  });

  test("puts a weight into the bin of its size over the dense matrix's root mean square", async () => {
    const ones = { ...variants[1], weights: { ...variants[1].weights, read: async (site: string) => fillOfOneSize(site) } };
    const bins = await binsOf([ones]);
    expect(bins.filter(({ share }) => share > 0)).toMatchObject([{ weightFrom: 0.5, weightTo: 0.6, share: 1 }]);
  });

  test("of dense alone is empty, and of two models is refused", async () => {
    expect((await weightsTable([denseVariant(variants[0].model)])).numRows()).toBe(0);
    const other = { ...variants[0], model: toyModel({ seed: 8 }) };
    await expect(weightsTable([variants[0], other])).rejects.toThrow(/variants of one model/);
  });

  test("can be interrupted", () =>
    expect(weightsTable(variants, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError));
});

/** A matrix filled with 0.55 of the root mean square of the dense one. */
async function fillOfOneSize(site: string): Promise<Float32Array> {
  const dense = await variants[1].model.weights.read(site);
  return new Float32Array(dense.length).fill(0.55 * Math.sqrt(sum([...dense].map((value) => value * value)) / dense.length));
}
