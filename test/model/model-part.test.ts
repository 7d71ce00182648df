import { expect, test } from "vitest";

import { isInPart, type ModelPart, modelParts, originOf, overlay, partName, restored } from "../../lib/model/index.js";
import { toyModel } from "../toy-model.js";

const { weights } = toyModel({ blocks: 3 });
const zeros = (name: string): Promise<Float32Array> =>
  Promise.resolve(new Float32Array(weights.shape(name).reduce((a, b) => a * b)));
const inBlocks = new Set(weights.names.filter((name) => name.startsWith("blocks.")));
const compressed = overlay(weights, inBlocks, zeros);

test.each<[ModelPart, string, readonly string[], readonly string[]]>([
  [{ kind: "blocks", blocks: [1] }, "block 1", ["blocks.1.q", "blocks.1.attentionNorm"], ["blocks.11.q", "embedding"]],
  [{ kind: "blocks", blocks: [0, 11] }, "blocks 0, 11", ["blocks.11.down"], ["blocks.1.down"]],
  [
    { kind: "matrices", matrices: ["q"] },
    "q in all blocks",
    ["blocks.0.q", "blocks.11.q"],
    ["blocks.0.qBias", "blocks.0.k", "output"],
  ],
])("the part %j is called %s and holds no other weights than its own", (part, name, inside, outside) => {
  expect(partName(part)).toBe(name);
  expect(inside.every((weight) => isInPart(part, weight))).toBe(true);
  expect(outside.some((weight) => isInPart(part, weight))).toBe(false);
});

test("the parts of one kind cover every linear layer once", () => {
  for (const by of ["block", "matrix"] as const) {
    const parts = modelParts(by, 3);
    const counts = [...inBlocks].map((name) => parts.filter((part) => isInPart(part, name)).length);
    expect(new Set(counts)).toEqual(by === "block" ? new Set([1]) : new Set([0, 1])); // norms are no matrix
  }
});

test("a part comes from the others, everything else from the weights themselves, and says whose it is", async () => {
  const part: ModelPart = { kind: "blocks", blocks: [1] };
  const view = restored(compressed, weights, part);
  for (const name of weights.names) {
    const isDense = name.startsWith("blocks.1.") || !name.startsWith("blocks.");
    expect(await view.read(name)).toEqual(isDense ? await weights.read(name) : await zeros(name));
    expect(originOf(view, name)).toBe(isDense ? weights : compressed);
    expect(view.shape(name)).toEqual(weights.shape(name));
  }
  const back = restored(view, compressed, part);
  expect(weights.names.map((name) => originOf(back, name))).toEqual(weights.names.map((name) => originOf(compressed, name)));
});
